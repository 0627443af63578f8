/** Names that no Lua module of a plugin can have. */
import { keywords } from './signature.js'

const words = (text: string): string[] => text.trim().split(/\s+/)

/** Of Lua itself, also those of its libraries that are not there: who knows Lua expects Lua's own. */
const luaNames = words(`
  string table math coroutine os io utf8 bit32 debug package
  _G _VERSION assert collectgarbage dofile error getmetatable ipairs load loadfile loadstring module next pairs pcall
  print rawequal rawget rawlen rawset require select setfenv getfenv setmetatable tonumber tostring type unpack xpcall
`)

/** What every function defines: its own would hide the module. */
const functionNames = words('handler ctx event')

/** Why a module cannot have this name, in words that follow "the name"; undefined when it can. */
export function whyReserved(name: string): string | undefined {
  if (keywords.has(name)) return 'is a word of the Lua language'
  if (luaNames.includes(name)) return "is one of Lua's own"
  if (functionNames.includes(name)) return 'is what functions call something of their own'
  return undefined
}
