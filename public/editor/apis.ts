/** The names that Lua code of a function may use: the server's modules and Lua's own. */
import type { LuaEntry, LuaModuleReference, LuaReference } from '../api/types.js'
import { builtIns, parameters } from './lua-names.js'

let modules: readonly LuaModuleReference[] = [...builtIns, ...parameters]

let arrival: Promise<void> = Promise.resolve()

/** Without the reference there are Lua's own names. */
export function describe (coming: Promise<LuaReference>): void {
  arrival = coming.then(reference => {
    const known = new Set(reference.modules.map(module => module.name))
    modules = [...reference.modules, ...builtIns.filter(module => !known.has(module.name)), ...parameters]
  }, () => {})
}

export const allModules = (): readonly LuaModuleReference[] => modules
export const findModule = (name: string): LuaModuleReference | undefined => modules.find(module => module.name === name)
const findEntry = (module: string, name: string): LuaEntry | undefined => findModule(module)?.functions.find(entry => entry.name === name)

/** The same once the server has said what it has, for names that are not known without it. */
export async function awaitModule (name: string): Promise<LuaModuleReference | undefined> {
  if (!findModule(name)) await arrival
  return findModule(name)
}

export async function awaitEntry (module: string, name: string): Promise<LuaEntry | undefined> {
  if (!findEntry(module, name)) await arrival
  return findEntry(module, name)
}

/** A call as it is written in code; a name that is a Lua keyword needs the other way. */
export const fullName = (module: string, name: string): string => module === '' ? name : name === 'repeat' ? `${module}["repeat"]` : `${module}.${name}`

/** Markdown of one entry for hover and completion. */
export function toMarkdown (module: string, entry: LuaEntry): string {
  const params = entry.params.map(({ name, type, optional, doc }) => `- \`${name}${optional ? '?' : ''}\` *${type}* ${doc}`)
  return [
    '```lua', entry.signature || fullName(module, entry.name), '```',
    entry.doc,
    ...(params.length > 0 ? ['', ...params] : []),
    ...(entry.returns ? ['', `→ *${entry.returns.type}* ${entry.returns.doc ?? ''}`] : []),
    ...(entry.example ? ['', '```lua', entry.example.trim(), '```'] : [])
  ].join('\n')
}
