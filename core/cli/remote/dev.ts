/** `moonlet dev`: each save is checked, run as a draft with the last event, and shown. */
import { basename } from 'node:path'
import { MODULES_FOLDER } from '../../export-import/shared-modules.js'
import { ANY_MODULE, findRequires } from '../../lua-source/requires.js'
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import type { Client } from './client.js'
import { connect } from './connect.js'
import { findSyntaxError } from './functions/check-syntax.js'
import { ensureOnServer } from './functions/ensure-on-server.js'
import { pickCompared, compareAll } from './functions/compare.js'
import { digestOf } from './functions/content.js'
import { readFunction, readLocal, type Local, type LocalFunction } from './functions/local.js'
import { readLocalModules, type LocalModule } from './functions/local-modules.js'
import { watchFolders } from './functions/watch.js'
import { listExecutions } from './logs.js'
import { findProject, type Project } from './project.js'
import { push } from './push.js'
import { isSuccess, runDraft, sayResult, toEvent, type RunEvent, type RunOptions } from './run.js'

export interface DevOptions extends RunOptions {
  readonly push?: boolean
}

/** Goes on until it is ended; nothing that a save brings ends it. */
export async function dev(
  context: Context,
  names: readonly string[],
  options: DevOptions
): Promise<number> {
  const project = await findProject()
  const client = await connect(project)
  await toEvent(options)
  const { functions, modules } = await readLocal(project.folder)
  const session = new DevSession(context, { client, project, options })
  const wanted = toFolders(functions, names)
  session.know([...functions, ...modules])
  const saves = watchFolders(project.folder, wanted)
  context.endWhenUnread()
  context.terminal.note(
    `Watching ${wanted?.join(', ') ?? `${functions.length} functions`} in ${basename(project.folder)}; Ctrl-C ends it.`
  )
  for await (const folder of saves) await session.saved(folder)
  return exitCodes.done
}

/** Undefined: all of them, and those that are still to come. */
function toFolders(
  functions: readonly LocalFunction[],
  names: readonly string[]
): readonly string[] | undefined {
  if (names.length === 0) return undefined
  const none = { url: '', functions: {} }
  const { picked, unknown } = pickCompared(compareAll(functions, [], none), names)
  if (unknown.length > 0) {
    throw new Failure('failed', `This folder has no function "${unknown.join('", "')}"`)
  }
  return picked.flatMap(({ local }) => local?.folder ?? [])
}

interface DevParts {
  readonly client: Client
  readonly project: Project
  readonly options: DevOptions
}

class DevSession {
  /** Digests of what was looked at last, by folder: editors write a file more than once. */
  private readonly seen = new Map<string, string>()
  /** Folder of the function that ran last. */
  private last: string | undefined

  constructor(
    private readonly context: Context,
    private readonly parts: DevParts
  ) {}

  know(all: readonly Local[]): void {
    for (const { folder, content } of all) this.seen.set(folder, digestOf(content))
  }

  /** `place`: the folder of a function, or the place of a module. */
  async saved(place: string): Promise<void> {
    try {
      if (place.startsWith(`${MODULES_FOLDER}/`)) return await this.savedModule(place)
      const local = await readFunction(this.parts.project.folder, place)
      if (local === undefined || !this.isNew(local) || !(await this.isReadable(local))) return
      const pushed = this.parts.options.push === true && (await this.push(local.folder))
      const { modules } = await readLocalModules(this.parts.project.folder)
      await this.runDraft(local, requiredModules(local.content.code, modules), pushed)
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      this.context.terminal.note(`${place}: ${words}`)
      this.context.emit({ name: place, error: words })
    }
  }

  /** Not what was looked at last. */
  private isNew({ folder, content }: Local): boolean {
    const digest = digestOf(content)
    if (this.seen.get(folder) === digest) return false
    this.seen.set(folder, digest)
    return true
  }

  private async isReadable(local: Local): Promise<boolean> {
    const { terminal } = this.context
    terminal.say(`${local.folder} saved ${new Date().toTimeString().slice(0, 8)}`, 'bold')
    const problem = await findSyntaxError(this.parts.client, local)
    if (problem === undefined) return true
    terminal.say(problem, 'removed')
    const name = local.kind === 'module' ? local.folder : local.name
    this.context.emit({ name, ok: false, problem })
    return false
  }

  private async runDraft(
    local: LocalFunction,
    modules: Readonly<Record<string, string>>,
    pushed = false
  ): Promise<void> {
    const id = await ensureOnServer(this.context, this.parts, local)
    const event = await this.eventOf(id)
    this.last = local.folder
    const result = await runDraft(this.parts.client, id, local.content.code, event, modules)
    sayResult(this.context, result)
    this.context.emit({ name: local.name, ok: isSuccess(result), pushed, event, ...result })
  }

  /** A module is tried with the function that ran last, where that requires it. */
  private async savedModule(place: string): Promise<void> {
    const { modules } = await readLocalModules(this.parts.project.folder)
    const local = modules.find(({ folder }) => folder === place)
    if (local === undefined || !this.isNew(local)) return
    if (!(await this.isReadable(local))) return
    if (this.parts.options.push === true) await this.push(local.folder)
    const fn =
      this.last === undefined ? undefined : await readFunction(this.parts.project.folder, this.last)
    const required = fn === undefined ? {} : requiredModules(fn.content.code, modules)
    if (fn !== undefined && Object.hasOwn(required, local.name)) {
      return await this.runDraft(fn, required)
    }
    this.context.terminal.note('No function that ran here requires it')
    this.context.emit({ name: local.folder, ok: true })
  }

  private async push(folder: string): Promise<boolean> {
    // The push itself is told in words; its document would be one more.
    const quiet = { ...this.context, report() {} }
    return (await push(quiet, [folder], { yes: true })) === exitCodes.done
  }

  private async eventOf(id: string): Promise<RunEvent> {
    const { data, method, path, query, header } = this.parts.options
    const isGiven =
      [data, method, path].some(part => part !== undefined) ||
      [query, header].some(part => (part ?? []).length > 0)
    if (isGiven) return toEvent(this.parts.options)
    return (await readLastEvent(this.parts.client, id)) ?? toEvent({})
  }
}

/** Of the folder's modules, those that the code requires, directly or through others: their code by name. */
function requiredModules(
  code: string,
  modules: readonly LocalModule[]
): Readonly<Record<string, string>> {
  const here = new Map(modules.map(({ name, content }) => [name, content.code]))
  const found = new Map<string, string>()
  const waiting = [...findRequires(code)]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name === ANY_MODULE) waiting.push(...here.keys())
    const source = here.get(name)
    if (source === undefined || found.has(name)) continue
    found.set(name, source)
    waiting.push(...findRequires(source))
  }
  return Object.fromEntries(found)
}

interface StoredEvent {
  readonly method: string
  readonly relativePath: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly truncated?: boolean
}

/** Undefined: the function has not run yet, or the event is not stored whole. */
async function readLastEvent(client: Client, id: string): Promise<RunEvent | undefined> {
  const [last] = await listExecutions(client, id, { limit: 1 })
  if (last === undefined) return undefined
  const { event_json: json } = await client.json<{ event_json: string }>(
    `/api/executions/${last.id}`
  )
  const event = JSON.parse(json) as Partial<StoredEvent>
  const { method, relativePath, query = {}, headers = {}, body = '', truncated } = event
  if (truncated === true || method === undefined || relativePath === undefined) return undefined
  return {
    method,
    path: relativePath === '' ? '/' : relativePath,
    query,
    headers,
    ...(body === '' ? {} : { body })
  }
}
