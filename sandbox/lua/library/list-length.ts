import { LuaThrow } from '../errors.js'
import type { Table } from '../table.js'
import { lengthOf } from '../vm/operations.js'
import type { Vm } from '../vm/vm.js'

/** The length of a table argument, which `__len` may give. */
export function lengthOfList(vm: Vm, list: Table): number {
  if (list.meta === null) return list.length()
  const length = lengthOf(vm, list)
  if (typeof length !== 'number' || !Number.isInteger(length)) {
    throw new LuaThrow('object length is not an integer')
  }
  return length
}
