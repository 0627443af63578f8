/** The declarations of all built-in modules; their code is never run here, so it needs no storage. */
import type { LuaModule } from '../../../../core/lua/module.js'
import { aiModule } from '../../../../plugins/lua/ai/module.js'
import { localModules } from '../../../../plugins/lua/builtin.js'
import { emailModule } from '../../../../plugins/lua/email/module.js'
import { envModule } from '../../../../plugins/lua/env/module.js'
import { functionsModule } from '../../../../plugins/lua/functions/module.js'
import { httpModule } from '../../../../plugins/lua/http/module.js'
import { kvModule } from '../../../../plugins/lua/kv/module.js'
import { logModule } from '../../../../plugins/lua/log/module.js'

const nothing = {} as never

export const allModules: readonly LuaModule[] = [
  logModule(),
  kvModule(nothing),
  envModule(nothing),
  httpModule(nothing, nothing),
  ...localModules,
  aiModule(nothing),
  emailModule(nothing),
  functionsModule(nothing)
]

/** Every declared function as [module, name, declaration]. */
export const allFunctions = allModules.flatMap(module =>
  Object.entries(module.functions).map(([name, declared]) => [module.name, name, declared] as const)
)
