/** A draft runs as a function of the server: one that is new there is made before, disabled until it is pushed. */
import { createIdSource } from '../../../base/ids.js'
import type { Context } from '../../context.js'
import type { Client } from '../client.js'
import type { Project } from '../project.js'
import { compareAll } from './compare.js'
import { changedSettings, digestOf, toSettings } from './content.js'
import type { LocalFunction } from './local.js'
import { ensureId } from './local-id.js'
import { listRemote } from './remote.js'
import { readState, writeState } from './state.js'

/** Gives the id. */
export async function ensureOnServer(
  { terminal }: Context,
  { client, project }: { readonly client: Client; readonly project: Project },
  local: LocalFunction
): Promise<string> {
  const state = await readState(project.folder, client.url)
  const [compared] = compareAll([local], await listRemote(client), state)
  if (compared?.remote !== undefined) return compared.remote.id
  const id = local.id ?? createIdSource().next()
  await ensureId(project.folder, local, id)
  const { code, settings } = local.content
  await client.json('/api/push', {
    method: 'POST',
    json: {
      functions: [
        {
          id,
          if_none_match: '*',
          code,
          ...changedSettings(toSettings({}), settings),
          disabled: true
        }
      ]
    }
  })
  const remote = digestOf({ code, settings: { ...settings, disabled: true } })
  // Nothing here is equal with that: the next push sends it.
  const functions = { ...state.functions, [id]: { local: '', remote } }
  await writeState(project.folder, { ...state, functions })
  terminal.note(`${local.name} is new: it is on the server now, disabled until it is pushed`)
  return id
}
