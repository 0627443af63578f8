/** An uncaught error value as text. */
import type { Vm } from './vm/vm.js'
import { metamethod } from './vm/operations.js'
import { Table } from './table.js'
import { numberToString } from '../../core/base/number-text.js'
import { typeName } from './value.js'
import type { Value } from './value.js'

/** A text or number in a table that was raised. */
function fieldText(value: Value, name: string): string | undefined {
  const field = value instanceof Table ? value.getString(name) : undefined
  if (typeof field === 'number') return numberToString(field)
  return typeof field === 'string' ? field : undefined
}

/** Longer texts are not names. */
const MAX_CODE = 100

/** The `code` of a table that was raised, such as `error({ code = "not_found", message = "…" })`. */
export function faultCode(value: Value): string | undefined {
  const code = fieldText(value, 'code')
  return code === undefined || code === '' || code.length > MAX_CODE ? undefined : code
}

/**
 * Text and numbers as they are; what has `__tostring` by that; of another table its `message`, if it has one; of
 * anything else the type.
 */
export function faultMessage(vm: Vm, value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberToString(value)
  const placeholder = `(error object is a ${typeName(value)} value)`
  const handler = metamethod(vm, value, '__tostring')
  if (handler === undefined) return fieldText(value, 'message') ?? placeholder
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
