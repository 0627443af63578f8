/** What may be created and changed about a shared module. */
import { isModuleName } from '../base/module-file.js'
import type { ModuleChange } from '../contracts/modules.js'
import { checkCode, checkDescription } from './function-fields.js'
import { limits } from './limits.js'
import { byteLength, refuse } from './text.js'

export interface ModuleFields {
  readonly name?: string | undefined
  readonly code?: string | undefined
  readonly description?: string | undefined
}

/** Why a module cannot have a name, in words that follow "the name"; undefined when it can. */
export type WhyReserved = (name: string) => string | undefined

/** A new module's fields, all valid. Throws VALIDATION for the first that is not. */
export function readNewModule(
  { name = '', code = '', description }: ModuleFields,
  whyReserved: WhyReserved
) {
  checkModuleName(name, whyReserved)
  if (description !== undefined) checkDescription(description)
  checkCode(code)
  return { name, code, description }
}

/** A change as storage takes it. Throws VALIDATION for the first field that is not valid, or when there is none. */
export function readModuleChange(
  { name, code, description }: ModuleFields,
  whyReserved: WhyReserved
): Pick<ModuleChange, 'patch' | 'code'> {
  if (name === undefined && code === undefined && description === undefined) {
    refuse('request', 'at least one field must be provided for update')
  }
  if (name !== undefined) checkModuleName(name, whyReserved)
  if (description !== undefined) checkDescription(description)
  if (code !== undefined) checkCode(code)
  return {
    patch: {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description })
    },
    code
  }
}

export function checkModuleName(name: string, whyReserved: WhyReserved): void {
  if (name === '') refuse('name', 'name cannot be empty')
  if (byteLength(name) > limits.nameBytes) {
    refuse('name', `name cannot be longer than ${limits.nameBytes} characters`)
  }
  if (!isModuleName(name)) {
    refuse('name', 'name must be made of letters, digits and _, such as shop, or shop.prices')
  }
  const reserved = whyReserved(name)
  if (reserved !== undefined) {
    refuse('name', `name must be another one: ${JSON.stringify(name)} ${reserved}`)
  }
}
