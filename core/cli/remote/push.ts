/** `moonlet push`: what was changed in the folder goes to the server, all of it or nothing. */
import { createIdSource } from '../../base/ids.js'
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import { Refusal } from './client.js'
import { confirm } from './confirm.js'
import type { Compared } from './functions/compare.js'
import { isSame } from './functions/content.js'
import { commitOf, wasCommitted } from './functions/git.js'
import { hiddenOf } from './functions/hidden.js'
import { countWords, pathsOf } from './functions/item-files.js'
import { ensureId } from './functions/local-id.js'
import { checkSize, checkSyntax, refuseHidden, refuseProblems } from './functions/push-checks.js'
import { checkVariables, toChanges, toSent, type Pushed } from './functions/push-request.js'
import { sayDiff, toDiff } from './functions/show-difference.js'
import { writeState, type Pushing, type State } from './functions/state.js'
import {
  agreeOn,
  listEverything,
  openSync,
  toInterrupted,
  toWords,
  type Sync
} from './functions/sync.js'

export interface PushOptions {
  readonly yes?: boolean
  readonly force?: boolean
  readonly message?: string
  readonly commit?: string
  /** False: new versions are made and not activated. */
  readonly activate?: boolean
}

interface Answered {
  readonly id: string
  readonly action: 'created' | 'changed'
  readonly etag: string
  readonly version?: number
}

interface PushAnswer {
  readonly functions: readonly Answered[]
  /** Servers before modules leave it out. */
  readonly modules?: readonly Answered[]
}

const answersOf = (answer: PushAnswer | undefined): readonly Answered[] =>
  answer === undefined ? [] : [...answer.functions, ...(answer.modules ?? [])]

export async function push(
  context: Context,
  names: readonly string[],
  options: PushOptions
): Promise<number> {
  const sync = await openSync(context, names)
  refuseProblems(sync, names)
  refuseHidden(context, sync, names)
  const compared = await withHistory(sync)
  const conflicts = compared.filter(isConflict)
  if (conflicts.length > 0 && options.force !== true) throw await tellConflicts(context, conflicts)
  const changed = compared.filter(
    one => one.difference === 'here' || one.difference === 'new-here' || isConflict(one)
  )
  if (changed.length === 0) return nothingToPush(context, sync, compared)
  checkVariables(changed)
  await checkSyntax(context, sync.client, changed)
  const diffs = await showDiffs(context, changed)
  if (options.yes !== true) await askFirst(context, countWords(changed), sync.client.url)
  return send(context, { sync, compared, changed, diffs, options })
}

const isConflict = ({ difference }: Compared): boolean =>
  difference === 'there' || difference === 'both' || difference === 'gone-there'

/** Without a record of a pull, what the server has may be an earlier commit of the folder: then the folder is newer. */
async function withHistory({ project, compared }: Sync): Promise<Compared[]> {
  const all: Compared[] = []
  for (const one of compared) {
    const { difference, base, local, remote } = one
    const isKnown =
      difference === 'both' &&
      base === undefined &&
      local !== undefined &&
      remote !== undefined &&
      (await wasCommitted(project.folder, local, content => isSame(content, remote.content)))
    all.push(isKnown ? { ...one, difference: 'here' } : one)
  }
  return all
}

async function tellConflicts(context: Context, conflicts: readonly Compared[]): Promise<Failure> {
  const told: Array<{ name: string; id: string | undefined; diff: string }> = []
  for (const one of conflicts) {
    const { name, local, remote } = one
    const text = await toDiff(one)
    told.push({ name, id: remote?.id ?? local?.id, diff: text })
    sayDiff(context.terminal, text)
  }
  const names = conflicts
    .map(({ name, difference, base }) =>
      difference === 'gone-there'
        ? `${name} was deleted on the server`
        : base === undefined
          ? `${name} is otherwise on the server, and was never pulled here`
          : `${name} was changed on the server since the last pull`
    )
    .join('; ')
  return new Failure('conflict', `Nothing was pushed: ${names}. ${remedyOf(conflicts)}`, {
    conflicts: told
  })
}

/** A pull leaves what was deleted there as it is here. */
function remedyOf(conflicts: readonly Compared[]): string {
  const gone = conflicts.filter(({ difference }) => difference === 'gone-there')
  const folders = gone.flatMap(({ local }) => local?.folder ?? [])
  return [
    ...(gone.length < conflicts.length
      ? ['Take it over with "moonlet pull", or overwrite it with --force.']
      : []),
    ...(gone.length > 0
      ? [
          `What was deleted there: remove it here, too (${folders.join(', ')}), or make it again with --force.`
        ]
      : [])
  ].join(' ')
}

async function nothingToPush(
  context: Context,
  { project, state, client, interrupted }: Sync,
  compared: readonly Compared[]
): Promise<number> {
  const present = compared.filter(({ local }) => local !== undefined)
  if (present.length === 0) {
    throw new Failure(
      'failed',
      `${project.folder} has no function: none of its folders has a main.lua or function.json; and no module`
    )
  }
  await writeState(project.folder, agreeOn(state, present.filter(isReallySame)))
  context.terminal.say(`Nothing to push: ${client.url} has what this folder has.`)
  context.report({ pushed: [], not_visible: hiddenOf(compared), interrupted })
  return exitCodes.done
}

const isReallySame = ({ local, remote }: Compared): boolean =>
  local !== undefined && remote !== undefined && isSame(local.content, remote.content)

type Shown = ReadonlyMap<Compared, string>

async function showDiffs(context: Context, changed: readonly Compared[]): Promise<Shown> {
  const diffs = new Map<Compared, string>()
  for (const one of changed) {
    const text = await toDiff(one)
    diffs.set(one, text)
    sayDiff(context.terminal, text)
  }
  return diffs
}

async function askFirst(context: Context, what: string, url: string): Promise<void> {
  const isWanted = await confirm(context, `Push ${what} to ${url}?`)
  if (isWanted === undefined) {
    throw new Failure('usage', 'Nobody can be asked here: --yes pushes without asking')
  }
  if (!isWanted) throw new Failure('failed', 'Nothing was pushed')
}

interface Push {
  readonly sync: Sync
  readonly compared: readonly Compared[]
  readonly changed: readonly Compared[]
  readonly diffs: Shown
  readonly options: PushOptions
}

async function send(context: Context, parts: Push): Promise<number> {
  const { sync, changed, options } = parts
  const { folder } = sync.project
  const commit =
    options.commit ??
    (await commitOf(
      folder,
      changed.flatMap(({ local }) => (local === undefined ? ['.'] : pathsOf(local)))
    ))
  const ids = createIdSource()
  const pushed: Pushed[] = []
  for (const { local, remote } of changed) {
    if (local === undefined) continue
    const id = remote?.id ?? local.id ?? ids.next()
    if (local.kind === 'function') await ensureId(folder, local, id)
    pushed.push({ id, local, remote })
  }
  const body = {
    message: options.message,
    commit,
    activate: options.activate,
    ...toChanges(pushed, options.force === true)
  }
  await checkSize(sync.client, body, countWords(pushed))
  const pushing: Pushing = {
    at: new Date().toISOString(),
    functions: pushed.map(({ id, local, remote }) => ({
      id,
      name: local.name,
      etag: remote?.etag ?? null
    }))
  }
  await writeState(folder, { ...sync.state, pushing })
  const answer = await post(context, parts, body, pushing)
  await writeState(folder, await afterPush(sync, parts.compared, pushed, answer))
  report(context, parts, pushed, answer)
  return exitCodes.done
}

async function post(
  context: Context,
  { sync, options }: Push,
  body: object,
  pushing: Pushing
): Promise<PushAnswer | undefined> {
  const { client, project, state } = sync
  try {
    return await client.json<PushAnswer>('/api/push', { method: 'POST', json: body })
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) {
      await writeState(project.folder, state)
      if (error.status !== 412) throw toWholeRefusal(error)
      const ids = error.body.conflicts as readonly string[]
      const now = await openSync(context, [])
      const changed = now.compared.filter(({ remote, local }) =>
        ids.includes(remote?.id ?? local?.id ?? '')
      )
      throw await tellConflicts(context, changed)
    }
    return await settle(error, sync, pushing, options)
  }
}

const toWholeRefusal = (error: Refusal): Failure =>
  new Failure(
    error.exit,
    error.status === 413
      ? `Nothing was pushed: ${error.message}. Name the functions to push fewer at once.`
      : `Nothing was pushed: ${error.message}`,
    error.details,
    { cause: error }
  )

/** The answer did not come: what the server has now says whether the push is done. Undefined: it is. */
async function settle(
  error: unknown,
  { client, project, state }: Sync,
  pushing: Pushing,
  { activate }: PushOptions
): Promise<undefined> {
  const why = error instanceof Error ? error.message : String(error)
  let outcome
  try {
    outcome = toInterrupted(pushing, await listEverything(client))
  } catch {
    throw new Failure(
      'unreachable',
      `${why}. Whether the push has reached it is not known; it is done as a whole or not at all, and ` +
        'the next pull, diff or push says which.',
      { outcome: 'unknown' },
      { cause: error }
    )
  }
  await writeState(project.folder, state)
  if (outcome.outcome === 'done' && activate !== false) return undefined
  throw new Failure(
    'failed',
    `${why}. ${toWords(outcome)}`,
    { outcome: outcome.outcome },
    { cause: error }
  )
}

/** Where somebody else was faster than this look at the server, what was sent is what both agree on. */
async function afterPush(
  { client, state }: Sync,
  compared: readonly Compared[],
  pushed: readonly Pushed[],
  answer: PushAnswer | undefined
): Promise<State> {
  const now = new Map((await listEverything(client)).map(remote => [remote.id, remote]))
  const tags = new Map(answersOf(answer).map(({ id, etag }) => [id, etag]))
  const pairs = pushed.map(({ id, local, remote }) => {
    const found = now.get(id)
    const isOurs = found !== undefined && (tags.get(id) ?? found.etag) === found.etag
    return { local, remote: isOurs ? found : (remote ?? toSent(id, local)) }
  })
  return agreeOn(state, [...compared.filter(isReallySame), ...pairs])
}

function report(
  { terminal, report: toJson }: Context,
  { sync, diffs, changed, options }: Push,
  pushed: readonly Pushed[],
  answer: PushAnswer | undefined
): void {
  const answers = new Map(answersOf(answer).map(one => [one.id, one]))
  const lines = pushed.map(({ id, local, remote }, index) => {
    const { action = remote === undefined ? 'created' : 'changed', version } = answers.get(id) ?? {}
    const one = changed[index]
    const name = local.kind === 'module' ? local.folder : local.name
    return { name, id, action, version, diff: one && diffs.get(one) }
  })
  for (const { name, action, version } of lines) {
    const made = version === undefined ? '' : `, version ${version}`
    const idle = version !== undefined && options.activate === false && action === 'changed'
    terminal.say(`${name}: ${action}${made}${idle ? ', not active' : ''}`)
  }
  toJson({ pushed: lines, not_visible: hiddenOf(sync.compared), interrupted: sync.interrupted })
}
