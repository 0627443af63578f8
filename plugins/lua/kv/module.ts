/**
 * `kv`: values that outlive one execution. Writes are durable before the execution is answered, together with its
 * record.
 */
import type { Storage } from '../../../core/contracts/storage.js'
import { luaModule } from '../../../core/lua/module.js'
import { atomicFunctions, sharedAtomicFunctions } from './atomic.js'
import { entryFunctions } from './entries.js'
import { manyFunctions, sharedManyFunctions } from './many.js'
import { listFunctions } from './listing.js'
import { sharedEntryFunctions, sharedListFunctions } from './shared.js'

export const kvModule = ({ kv }: Pick<Storage, 'kv'>) =>
  luaModule('kv', {
    doc: 'Small values that outlive one execution, private to the function; and one store that all functions share.',
    functions: {
      ...entryFunctions(kv),
      ...atomicFunctions(kv),
      ...listFunctions(kv),
      ...manyFunctions(kv),
      ...sharedEntryFunctions(kv),
      ...sharedAtomicFunctions(kv),
      ...sharedListFunctions(kv),
      ...sharedManyFunctions(kv)
    }
  })
