/** What pull, push and diff begin with: the folder, the server, and what is different. */
import { Failure } from '../../failure.js'
import type { Context } from '../../context.js'
import type { Client } from '../client.js'
import { connect } from '../connect.js'
import { findProject, type Project } from '../project.js'
import { compareAll, compareModules, pickCompared, type Compared } from './compare.js'
import { digestOf } from './content.js'
import { markHidden } from './hidden.js'
import { readLocal, type LocalFolder } from './local.js'
import {
  listRemote,
  listRemoteModules,
  type Remote,
  type RemoteFunction,
  type RemoteModule
} from './remote.js'
import { readState, writeState, type Base, type Pushing, type State } from './state.js'

export interface Sync {
  readonly project: Project
  readonly client: Client
  readonly local: LocalFolder
  readonly remote: readonly Remote[]
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
  const [local, remote] = await Promise.all([readLocal(project.folder), listEverything(client)])
  const { pushing, ...known } = await readState(project.folder, client.url)
  const state = known
  const interrupted = pushing && toInterrupted(pushing, remote)
  if (interrupted !== undefined) {
    await writeState(project.folder, state)
    context.terminal.note(toWords(interrupted))
  }
  const all = await markHidden(client, [
    ...compareAll(local.functions, remote.filter(isFunction), state),
    ...compareModules(local.modules, remote.filter(isModule), state)
  ])
  const { picked, unknown } = pickCompared(all, names)
  if (unknown.length > 0) {
    throw new Failure(
      'failed',
      `Neither ${project.folder} nor ${client.url} has a function or module "${unknown.join('", "')}"`
    )
  }
  return { project, client, local, remote, state, compared: picked, interrupted }
}

/** Functions, then modules. */
export async function listEverything(client: Client): Promise<readonly Remote[]> {
  const [functions, modules] = await Promise.all([listRemote(client), listRemoteModules(client)])
  return [...functions, ...modules]
}

const isFunction = (remote: Remote): remote is RemoteFunction => remote.kind === 'function'
const isModule = (remote: Remote): remote is RemoteModule => remote.kind === 'module'

/** A push is done as a whole or not at all: one function in its old state says that it was not. */
export function toInterrupted(
  { at, functions }: Pushing,
  remote: readonly Remote[]
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
export function agreeOn(
  state: State,
  pairs: ReadonlyArray<Pick<Compared, 'local' | 'remote'>>
): State {
  const functions: Record<string, Base> = { ...state.functions }
  const modules: Record<string, Base> = { ...state.modules }
  for (const { local, remote } of pairs) {
    if (local === undefined || remote === undefined) continue
    const base = { local: digestOf(local.content), remote: digestOf(remote.content) }
    if (remote.kind === 'function') functions[remote.id] = base
    else modules[remote.name] = base
  }
  return { ...state, functions, modules }
}
