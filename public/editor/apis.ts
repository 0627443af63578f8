/** The names that Lua code of a function may use: the server's modules and Lua's own. */
import type { LuaModule } from '../api/modules.js'
import type { LuaEntry, LuaModuleReference, LuaReference } from '../api/lua-reference.js'
import { builtIns, parameters, requireEntry } from './lua-names.js'
import { findRequired, requireLine } from './required.js'
import { toReference } from './shared-reference.js'

let ofServer: readonly LuaModuleReference[] = [...builtIns, ...parameters]
let shared: readonly LuaModuleReference[] = []
let all = ofServer
let arrival: Promise<unknown> = Promise.resolve()
let sharedArrival: Promise<unknown> = Promise.resolve()
let wordsForRequire = (): string => ''

/** Lua's own names have `require` where there is something to load. */
function combine(): void {
  const known = [...ofServer, ...shared]
  const loads = known.some(({ required }) => required === true)
  all = known.map(module =>
    loads && module.name === ''
      ? { ...module, functions: [...module.functions, requireEntry] }
      : module
  )
}

/** Without the reference there are Lua's own names. `needs` is the text in front of the line that loads a module. */
export function describe(coming: Promise<LuaReference>, needs: () => string): void {
  wordsForRequire = needs
  arrival = coming.then(
    reference => {
      const known = new Set(reference.modules.map(module => module.name))
      const own = builtIns.filter(module => !known.has(module.name))
      ofServer = [...reference.modules, ...own, ...parameters]
      combine()
    },
    () => {}
  )
}

/** What they are said to be by the latest question. */
export function describeShared(coming: Promise<readonly LuaModule[]>): void {
  const asked: Promise<unknown> = coming.then(
    found => {
      if (sharedArrival !== asked) return
      shared = found.map(toReference)
      combine()
    },
    () => {}
  )
  sharedArrival = asked
}

export const allModules = (): readonly LuaModuleReference[] => all

/** What `name` is in this code: the module that it was required as, or the module of that name. */
export function findModule(name: string, code = ''): LuaModuleReference | undefined {
  const wanted = findRequired(code, name) ?? name
  return all.find(module => module.name === wanted)
}

export interface FoundEntry {
  readonly module: LuaModuleReference
  readonly entry: LuaEntry
}

function findEntry(owner: string, name: string, code: string): FoundEntry | undefined {
  const module = findModule(owner, code)
  const entry = module?.functions.find(entry => entry.name === name)
  return module && entry ? { module, entry } : undefined
}

/** Settles once the server has said what it has, or could not be asked. */
export const arrived = (): Promise<unknown> => Promise.all([arrival, sharedArrival])

/** The same once the server has said what it has, for names that are not known without it. */
export async function awaitModule(
  name: string,
  code: string
): Promise<LuaModuleReference | undefined> {
  if (!findModule(name, code)) await arrived()
  return findModule(name, code)
}

export async function awaitEntry(
  owner: string,
  name: string,
  code: string
): Promise<FoundEntry | undefined> {
  if (!findEntry(owner, name, code)) await arrived()
  return findEntry(owner, name, code)
}

/** A call as it is written in code; a name that is a Lua keyword needs the other way. */
export const fullName = (module: string, name: string): string =>
  module === '' ? name : name === 'repeat' ? `${module}["repeat"]` : `${module}.${name}`

/** How a module that is not a global is loaded; nothing for the others. */
const loading = ({ name, required }: LuaModuleReference): string[] =>
  required === true ? ['', wordsForRequire(), '```lua', requireLine(name), '```'] : []

/** Markdown of a module for hover and completion. */
export const describeModule = (module: LuaModuleReference): string =>
  [`**${module.name}** ${module.doc}`, ...loading(module)].join('\n')

/** Markdown of one entry: what is to be said behind its signature. */
export function describeEntry(module: LuaModuleReference, entry: LuaEntry): string {
  const params = entry.params.map(
    ({ name, type, optional, doc }) => `- \`${name}${optional ? '?' : ''}\` *${type}* ${doc}`
  )
  return [
    entry.doc,
    ...(params.length > 0 ? ['', ...params] : []),
    ...(entry.returns ? ['', `→ *${entry.returns.type}* ${entry.returns.doc ?? ''}`] : []),
    ...loading(module),
    ...(entry.example ? ['', '```lua', entry.example.trim(), '```'] : [])
  ].join('\n')
}

/** The same with the signature. */
export const toMarkdown = (module: LuaModuleReference, entry: LuaEntry): string =>
  [
    '```lua',
    entry.signature || fullName(module.name, entry.name),
    '```',
    describeEntry(module, entry)
  ].join('\n')
