import type { LuaModule } from '../../core/lua/module.js'
import { partsOf } from '../../core/lua/types/declared.js'
import type { LuaType } from '../../core/lua/types/declare.js'
import type { RecordType } from '../../core/lua/types/record.js'

export type NamedRecord = RecordType & { readonly name: string }

/** The named records that the module's functions take or give, each once, in the order in which they are met. */
export function recordTypes(module: LuaModule): NamedRecord[] {
  const found = new Map<string, NamedRecord>()
  for (const { params, returns } of Object.values(module.functions)) {
    for (const { type } of params) collect(type, found)
    collect(returns, found)
  }
  return [...found.values()]
}

function collect(type: LuaType, found: Map<string, NamedRecord>): void {
  if (type.kind === 'record' && type.name !== undefined && !found.has(type.name)) {
    found.set(type.name, { ...type, name: type.name })
  }
  for (const part of partsOf(type)) collect(part, found)
}
