/**
 * Reading and writing `t.name`, with what the instruction learned the last time: which slot a shape keeps the
 * name in, that it does not have it, where `__index` led, and the shape that adding it leads to.
 */
import type { Code } from '../compiler/code.js'
import { deferredShape, type Shape } from '../shape.js'
import { Table } from '../table.js'
import type { Value } from '../value.js'
import { getIndex, setIndex } from './operations.js'
import type { Vm } from './vm.js'

export function getField(vm: Vm, object: Value, key: string, code: Code, at: number): Value {
  let meta: Table | null
  if (object instanceof Table) {
    const { shape } = object
    if (shape === code.shapes[at]) {
      const value = object.slots[code.slots[at] as number]
      if (value !== undefined) return value
    } else if (shape !== code.transitions[at]) {
      if (shape === deferredShape) {
        object.materialize()
        return getField(vm, object, key, code, at)
      }
      const slot = shape.find(key)
      if (slot >= 0) {
        code.shapes[at] = shape
        code.slots[at] = slot
        const value = object.slots[slot]
        if (value !== undefined) return value
      } else if (shape.shared) code.transitions[at] = shape
    }
    meta = object.meta
    if (meta === null) return undefined
  } else if (typeof object === 'string') meta = vm.stringMeta
  else return getIndex(vm, object, key)
  const indexSlot = meta.shape.slotOfIndex
  const indexTable = indexSlot < 0 ? undefined : meta.slots[indexSlot]
  if (indexTable === undefined && object instanceof Table) return undefined
  if (!(indexTable instanceof Table)) return getIndex(vm, object, key)
  return inherited(vm, indexTable, key, code, at)
}

function inherited(vm: Vm, indexTable: Table, key: string, code: Code, at: number): Value {
  if (indexTable.shape === code.protoShapes[at]) {
    const value = indexTable.slots[code.protoSlots[at] as number]
    if (value !== undefined) return value
  } else {
    if (indexTable.shape === deferredShape) indexTable.materialize()
    const slot = indexTable.shape.find(key)
    if (slot >= 0) {
      code.protoShapes[at] = indexTable.shape
      code.protoSlots[at] = slot
      const value = indexTable.slots[slot]
      if (value !== undefined) return value
    }
  }
  return indexTable.meta === null ? undefined : getIndex(vm, indexTable, key)
}

export function setField(
  vm: Vm,
  object: Value,
  key: string,
  value: Value,
  code: Code,
  at: number
): void {
  if (!(object instanceof Table)) return setIndex(vm, object, key, value)
  if (object.shape.copyOnWrite) object.detach()
  const { meta, shape } = object
  const plain = meta === null || meta.shape.slotOfNewindex < 0
  if (plain && value !== undefined && shape === code.protoShapes[at]) {
    object.put(shape.keys.length, value)
    object.shape = code.transitions[at] as Shape
    return
  }
  const slot = shape.find(key)
  if (slot >= 0) {
    code.shapes[at] = shape
    code.slots[at] = slot
    if (plain || object.slots[slot] !== undefined) {
      object.slots[slot] = value
      return
    }
  } else if (plain) {
    if (value === undefined) return
    object.addField(key, value)
    if (shape.shared && object.shape.shared) {
      code.protoShapes[at] = shape
      code.transitions[at] = object.shape
    }
    return
  }
  setIndex(vm, object, key, value)
}
