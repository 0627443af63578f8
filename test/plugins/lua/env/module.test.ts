import t from 'tap'
import { envModule } from '../../../../plugins/lua/env/module.js'
import { hostCall } from '../../../helpers/host-call.js'
import { openNew } from '../../storage/open-storage.js'

t.test('variables belong to one function, and are those of the management API', async t => {
  const storage = await openNew(t)
  for (const id of ['fa', 'fb']) await storage.functions.create({ id, name: id, description: undefined, code: 'x', now: 1 })
  const { get, set, delete: remove } = envModule(storage).functions
  const call = hostCall({ functionId: 'fa' })
  t.equal(await get.run(call, 'PATH'), undefined)
  t.equal(await set.run(call, 'A', 'é'), true)
  t.equal(await get.run(call, 'A'), 'é')
  t.equal(await get.run(call, 'a'), undefined)
  t.equal(await get.run(hostCall({ functionId: 'fb' }), 'A'), undefined)
  t.same(await storage.env.all('fa'), { A: 'é' })
  t.equal(await remove.run(call, 'A'), true)
  t.equal(await remove.run(call, 'A'), true, 'also when absent')
  t.same(await storage.env.all('fa'), {})
})
