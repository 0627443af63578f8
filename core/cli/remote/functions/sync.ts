/** What pull, push and diff begin with: the folder, the server, and what is different. */
import { Failure } from '../../failure.js'
import type { Context } from '../../context.js'
import type { Client } from '../client.js'
import { connect } from '../connect.js'
import { findProject, type Project } from '../project.js'
import { compareAll, pickCompared, type Compared } from './compare.js'
import { digestOf } from './content.js'
import { markHidden } from './hidden.js'
import { readLocal, type LocalFolder } from './local.js'
import { listRemote, type RemoteFunction } from './remote.js'
import { readState, writeState, type Pushing, type State } from './state.js'

export interface Sync {
  readonly project: Project
  readonly client: Client
  readonly local: LocalFolder
  readonly remote: readonly RemoteFunction[]
  readonly state: State
  /** Of the functions that were named, or of all. */
  readonly compared: readonly Compared[]
  /** How a push ended that was interrupted before. */
  readonly interrupted: InterruptedPush | undefined
}

export interface InterruptedPush {
  readonly at: string
  readonly outcome: 'done' | 'not-done'
  readonly functions: readonly string[]
}

/** Throws a Failure for names that neither the folder nor the server has. */
export async function openSync(context: Context, names: readonly string[]): Promise<Sync> {
  const project = await findProject()
  const client = await connect(project)
  const [local, remote] = await Promise.all([readLocal(project.folder), listRemote(client)])
  const { pushing, ...known } = await readState(project.folder, client.url)
  const state = known
  const interrupted = pushing && toInterrupted(pushing, remote)
  if (interrupted !== undefined) {
    await writeState(project.folder, state)
    context.terminal.note(toWords(interrupted))
  }
  const all = await markHidden(client, compareAll(local.functions, remote, state))
  const { picked, unknown } = pickCompared(all, names)
  if (unknown.length > 0) {
    throw new Failure(
      'failed',
      `Neither ${project.folder} nor ${client.url} has a function "${unknown.join('", "')}"`
    )
  }
  return { project, client, local, remote, state, compared: picked, interrupted }
}

/** A push is done as a whole or not at all: one function in its old state says that it was not. */
export function toInterrupted(
  { at, functions }: Pushing,
  remote: readonly RemoteFunction[]
): InterruptedPush {
  const tags = new Map(remote.map(({ id, etag }) => [id, etag]))
  const isBefore = functions.some(({ id, etag }) => (tags.get(id) ?? null) === etag)
  return {
    at,
    outcome: isBefore ? 'not-done' : 'done',
    functions: functions.map(({ name }) => name)
  }
}

export const toWords = ({ at, outcome, functions }: InterruptedPush): string =>
  `The push of ${at} was interrupted: the server is ` +
  (outcome === 'done' ? 'as it should be after it' : 'as it was before it, nothing was changed') +
  ` (${functions.join(', ')})`

/** Both count as equal from now on. */
export const agreeOn = (
  state: State,
  pairs: ReadonlyArray<Pick<Compared, 'local' | 'remote'>>
): State => ({
  ...state,
  functions: {
    ...state.functions,
    ...Object.fromEntries(
      pairs.flatMap(({ local, remote }) =>
        local === undefined || remote === undefined
          ? []
          : [[remote.id, { local: digestOf(local.content), remote: digestOf(remote.content) }]]
      )
    )
  }
})
