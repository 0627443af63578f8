import type { LuaModule } from '../../core/lua/module.js'
import type { LuaType } from '../../core/lua/types.js'

export type NamedRecord = Extract<LuaType, { kind: 'record' }> & { readonly name: string }

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
  switch (type.kind) {
    case 'list':
    case 'map':
    case 'optional':
      collect(type.of, found)
      break
    case 'union':
      for (const of of type.of) collect(of, found)
      break
    case 'record':
      if (type.name !== undefined && !found.has(type.name)) {
        found.set(type.name, { ...type, name: type.name })
      }
      for (const field of Object.values(type.fields)) collect(field.type, found)
  }
}
