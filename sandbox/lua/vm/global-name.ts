/** What a function is called in messages, when the globals lead to it. */
import { Table } from '../table.js'
import type { Value } from '../value.js'
import type { Vm } from './vm.js'

/** The name under which the globals hold a function, one level into tables: `handler`, `string.rep`. */
export function globalName(vm: Vm, fn: Value): string | undefined {
  for (const [name, value] of vm.globals.entries()) {
    if (typeof name !== 'string') continue
    if (value === fn) return name
  }
  for (const [name, value] of vm.globals.entries()) {
    if (typeof name !== 'string' || !(value instanceof Table) || value === vm.globals) continue
    for (const [field, inner] of value.entries()) {
      if (inner === fn && typeof field === 'string') return `${name}.${field}`
    }
  }
  return undefined
}
