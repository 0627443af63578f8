/** An uncaught error value as text. */
import type { Vm } from './vm/vm.js'
import { metamethod } from './vm/operations.js'
import { numberToString } from './number.js'
import { typeName } from './value.js'
import type { Value } from './value.js'

/** Text and numbers as they are; what has `__tostring` by that; of anything else the type. */
export function faultMessage(vm: Vm, value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberToString(value)
  const placeholder = `(error object is a ${typeName(value)} value)`
  const handler = metamethod(vm, value, '__tostring')
  if (handler === undefined) return placeholder
  try {
    vm.depth = 0
    const text = vm.callFirst(handler, [value])
    return typeof text === 'string'
      ? text
      : typeof text === 'number'
        ? numberToString(text)
        : placeholder
  } catch {
    return placeholder
  }
}
