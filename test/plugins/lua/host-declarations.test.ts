import t from 'tap'
import { aiModule } from '../../../plugins/lua/ai/module.js'
import { emailModule } from '../../../plugins/lua/email/module.js'
import { envModule } from '../../../plugins/lua/env/module.js'
import { functionsModule } from '../../../plugins/lua/functions/module.js'
import { httpModule } from '../../../plugins/lua/http/module.js'
import { kvModule } from '../../../plugins/lua/kv/module.js'
import { logModule } from '../../../plugins/lua/log/module.js'
import { problemsOf } from './support/declaration-problems.js'
import { dependencies } from './services.js'

t.test('the host modules keep their declarations', async t => {
  const deps = dependencies(t, {})
  for (const module of [
    logModule(),
    kvModule(deps.storage),
    envModule(deps.storage),
    httpModule(deps.http, { ids: deps.ids, append() {} }),
    aiModule(deps),
    emailModule(deps),
    functionsModule({} as never)
  ]) {
    t.same(problemsOf(module, undefined), [], module.name)
  }
})
