/** `moonlet pull`: what the server has goes into the folder. Nothing that was changed here is lost. */
import { readdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Context } from '../context.js'
import { exitCodes } from '../failure.js'
import { writeEditorFiles } from './editor-files.js'
import { eachOf } from './files.js'
import type { Compared } from './functions/compare.js'
import { isSame } from './functions/content.js'
import { commitOf } from './functions/git.js'
import { hiddenOf, hiddenWords } from './functions/hidden.js'
import { filesOf, kindOf, pathsOf, type Files } from './functions/item-files.js'
import { readFunction, type Local } from './functions/local.js'
import type { RemoteFunction } from './functions/remote.js'
import { writeState } from './functions/state.js'
import { agreeOn, openSync, type Sync } from './functions/sync.js'
import { nameFolders, settingsText, writeFunction } from './functions/write-function.js'
import { writeModule } from './functions/write-module.js'

interface PullOptions {
  readonly check?: boolean
}
type Action =
  | 'unchanged'
  | 'created'
  | 'updated'
  | 'replaced'
  | 'changed-here'
  | 'only-here'
  | 'deleted-there'
  | 'not-visible'

interface Pulled {
  readonly kind: Local['kind']
  readonly name: string
  readonly id: string | undefined
  readonly folder: string
  readonly action: Action
}

const AT_ONCE = 16
/** What the files that were here are called when both sides have changed. */
const MINE = '.mine'

const words: Readonly<Record<Action, string>> = {
  unchanged: 'unchanged',
  created: 'new',
  updated: 'updated',
  replaced: 'updated; what was changed here is in',
  'changed-here': 'changed here, left as it is',
  'only-here': 'only here, left as it is',
  'deleted-there': 'deleted on the server, left as it is here',
  'not-visible': 'not visible to this token, left as it is'
}

export async function pull(
  context: Context,
  names: readonly string[],
  { check = false }: PullOptions
): Promise<number> {
  const sync = await openSync(context, names)
  return check ? checkOnly(context, sync) : pullAll(context, sync)
}

const toAction = ({ difference }: Compared): Action => {
  if (difference === 'equal') return 'unchanged'
  if (difference === 'new-there') return 'created'
  if (difference === 'there') return 'updated'
  if (difference === 'both') return 'replaced'
  if (difference === 'here') return 'changed-here'
  if (difference === 'hidden') return 'not-visible'
  return difference === 'gone-there' ? 'deleted-there' : 'only-here'
}

/** A version that was pushed and is not active yet is a difference too. */
const isDifferent = ({ difference, local, remote }: Compared): boolean =>
  difference !== 'hidden' &&
  (difference !== 'equal' || local?.content.code !== remote?.content.code)

/** For CI: whether the server is what the folder says. */
function checkOnly(context: Context, { compared, local, client }: Sync): number {
  const differing = compared.filter(isDifferent)
  const found: Readonly<Record<string, string>> = {
    equal: 'differs',
    here: 'differs',
    there: 'differs',
    both: 'differs',
    'new-here': 'is only in the folder',
    'gone-there': 'is only in the folder',
    'new-there': 'is only on the server'
  }
  for (const { name, difference } of differing) {
    context.terminal.say(`${name} ${found[difference] ?? ''}`)
  }
  const hidden = hiddenOf(compared)
  for (const name of hidden) context.terminal.note(hiddenWords(name))
  for (const problem of local.problems) context.terminal.note(problem)
  const isEqual = differing.length === 0 && local.problems.length === 0
  if (isEqual) context.terminal.say(`${client.url} has what the folder has.`)
  context.report({
    equal: isEqual,
    differences: differing.map(({ name, difference, remote, local: here }) => ({
      name,
      id: remote?.id ?? here?.id,
      difference:
        found[difference] === 'differs'
          ? 'differs'
          : difference === 'new-there'
            ? 'only-on-server'
            : 'only-in-folder'
    })),
    not_visible: hidden,
    problems: local.problems
  })
  return isEqual ? exitCodes.done : exitCodes.conflict
}

async function pullAll(context: Context, sync: Sync): Promise<number> {
  const { project, compared, local, state } = sync
  const entries = await readdir(project.folder)
  const created = compared.flatMap(({ difference, remote }) =>
    difference === 'new-there' && remote?.kind === 'function' ? [remote] : []
  )
  const folders = nameFolders(created, entries)
  const done: Pulled[] = []
  const agreed: Compared[] = []
  await eachOf(compared, AT_ONCE, async one => {
    const folder = one.local?.folder ?? folders.get(one.remote?.id ?? '') ?? one.name
    const { action, pair } = await pullOne(sync, one, folder)
    if (pair !== undefined) agreed.push(pair)
    const id = one.remote?.id ?? one.local?.id
    done.push({ kind: kindOf(one), name: one.name, id, folder, action })
    context.terminal.progress('Pulling', done.length, compared.length)
  })
  await writeState(project.folder, agreeOn(state, agreed))
  await writeEditorFiles(project.folder, sync.client)
  report(context, sync, done)
  return local.problems.length === 0 ? exitCodes.done : exitCodes.failed
}

async function pullOne(
  { project }: Sync,
  one: Compared,
  folder: string
): Promise<{ action: Action; pair?: Compared }> {
  const { remote } = one
  const action = toAction(one)
  if (remote === undefined || action === 'changed-here') return { action }
  if (action === 'unchanged') {
    if (remote.kind === 'function') await refreshNames(project.folder, one.local, remote)
    return { action, pair: one }
  }
  const item = { kind: remote.kind, folder }
  const keep =
    action === 'replaced' && (await commitOf(project.folder, pathsOf(item))) === undefined
  if (keep) await keepMine(project.folder, filesOf(item))
  const local =
    remote.kind === 'function'
      ? await writeFunction(project.folder, folder, remote).then(() =>
          readFunction(project.folder, folder)
        )
      : await writeModule(project.folder, remote)
  return { action: action === 'replaced' && !keep ? 'updated' : action, pair: { ...one, local } }
}

/** Names of variables are no difference, but the file shall say which there are; ids come with the first pull. */
async function refreshNames(
  folder: string,
  local: Local | undefined,
  remote: RemoteFunction
): Promise<void> {
  if (local?.kind !== 'function' || !isSame(local.content, remote.content)) return
  const names = Object.keys(local.file?.env_vars ?? {}).sort()
  const isCurrent =
    local.id === remote.id && names.join() === (remote.listed.env_names ?? []).join()
  const hasValues = Object.values(local.file?.env_vars ?? {}).some(value => value !== null)
  if (isCurrent || hasValues || local.text === settingsText(remote)) return
  await writeFunction(folder, local.folder, remote)
}

async function keepMine(project: string, { code, settings }: Files): Promise<void> {
  for (const file of [code, settings]) {
    await rename(join(project, file), join(project, `${file}${MINE}`)).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      }
    )
  }
}

function wordsOf({ action, ...item }: Pick<Pulled, 'kind' | 'folder' | 'action'>): string {
  if (action !== 'replaced') return words[action]
  const { code, settings } = filesOf(item)
  return `${words.replaced} ${basename(code)}${MINE} and ${basename(settings)}${MINE}`
}

function totalOf(done: readonly Pulled[]): string {
  const modules = done.filter(({ kind }) => kind === 'module').length
  const functions = done.length - modules
  const total = `${functions} function${functions === 1 ? '' : 's'}`
  return modules === 0 ? total : `${total} and ${modules} module${modules === 1 ? '' : 's'}`
}

function report(
  { terminal, report: toJson }: Context,
  { local, interrupted }: Sync,
  done: readonly Pulled[]
): void {
  const sorted = [...done].sort((a, b) => (a.folder < b.folder ? -1 : 1))
  for (const { kind, folder, action } of sorted) {
    if (action !== 'unchanged') terminal.say(`${folder}: ${wordsOf({ kind, folder, action })}`)
  }
  for (const problem of local.problems) terminal.note(problem)
  const unchanged = sorted.filter(({ action }) => action === 'unchanged').length
  terminal.say(`${totalOf(sorted)}, ${unchanged} unchanged.`)
  const of = (kind: Pulled['kind']) =>
    sorted.filter(one => one.kind === kind).map(({ kind: _kind, ...rest }) => rest)
  toJson({
    functions: of('function'),
    modules: of('module'),
    problems: local.problems,
    interrupted
  })
}
