import { MoonletError } from '../../../core/base/errors.js'
import type { ModuleChange, NewModule } from '../../../core/contracts/modules.js'

/** The module that an upsert of an unknown one makes. Throws VALIDATION when it has no name or no code. */
export function toNewModule(id: string, { patch, code, origin, now }: ModuleChange): NewModule {
  const { name, description } = patch
  if (name === undefined || code === undefined) {
    throw new MoonletError('VALIDATION', `${id}: a new module needs a name and code`)
  }
  return { id, name, description, code, origin, now }
}
