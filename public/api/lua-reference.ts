/** The reference of the Lua APIs as `GET /api/lua` gives it. */
export interface LuaParam {
  name: string
  type: string
  optional?: boolean
  doc: string
}
export interface LuaEntry {
  name: string
  signature: string
  doc: string
  params: LuaParam[]
  returns?: { type: string; doc?: string }
  fails?: boolean
  example?: string
}
export interface LuaModuleReference {
  name: string
  /** No global: `require(name)` loads it. */
  required?: boolean
  doc: string
  functions: LuaEntry[]
}
export interface LuaReference {
  modules: LuaModuleReference[]
}
