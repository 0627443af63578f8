/** The function that a command names. */
import type { Client } from '../client.js'
import { findProject } from '../project.js'
import { readLocal } from './local.js'
import { listRemote, pickRemote, type RemoteFunction } from './remote.js'

/** By its folder in the project, its id, slug or name. Throws a Failure when it is none, or not only one. */
export async function findFunction(client: Client, name: string): Promise<RemoteFunction> {
  const { folder } = await findProject()
  const [remote, { functions }] = await Promise.all([listRemote(client), readLocal(folder)])
  const wanted = name.replace(/\/+$/, '')
  const here = functions.find(local => local.folder === wanted)
  const byFolder = here?.id === undefined ? undefined : remote.find(({ id }) => id === here.id)
  return byFolder ?? pickRemote(remote, wanted)
}
