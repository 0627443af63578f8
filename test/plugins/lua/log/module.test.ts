import t from 'tap'
import { logModule } from '../../../../plugins/lua/log/module.js'
import { hostCall } from '../../../helpers/host-call.js'

t.test('each function logs at its level, in order, without making Lua wait', async t => {
  const { functions } = logModule()
  const call = hostCall()
  for (const level of ['warn', 'debug', 'error', 'info'] as const) {
    functions[level].run(call, `at ${level}`)
    t.same(functions[level].oneWay, { result: undefined })
  }
  t.same(call.logged, [
    ['warn', 'at warn'],
    ['debug', 'at debug'],
    ['error', 'at error'],
    ['info', 'at info']
  ])
})
