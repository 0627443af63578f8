import t from 'tap'
import { envModule } from '../../../../plugins/lua/env/module.js'
import { hostCall } from '../../../helpers/host-call.js'
import { openNew } from '../../storage/open-storage.js'

t.test('variables belong to one function, and are those of the management API', async t => {
  const storage = await openNew(t)
  for (const id of ['fa', 'fb']) {
    await storage.functions.create({ id, name: id, description: undefined, code: 'x', now: 1 })
  }
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

t.test(
  'env.set has the limits of the management API, and refuses without changing anything',
  async t => {
    const storage = await openNew(t)
    await storage.functions.create({
      id: 'fa',
      name: 'fa',
      description: undefined,
      code: 'x',
      now: 1
    })
    const { set } = envModule(storage).functions
    const call = hostCall({ functionId: 'fa' })
    const wrong: Array<[name: string, value: string, error: RegExp]> = [
      ['', 'x', /key cannot be empty/],
      ['A-B', 'x', /can only contain letters, numbers, and underscores/],
      ['A'.repeat(101), 'x', /key cannot be longer than 100 characters/],
      ['A', ' ', /value cannot be empty/],
      ['A', 'ä'.repeat(5001), /value cannot be longer than 10000 characters/]
    ]
    for (const [name, value, error] of wrong) {
      await t.rejects(async () => await set.run(call, name, value), error)
    }
    t.same(await storage.env.all('fa'), {})
    await Promise.all(
      Array.from({ length: 105 }, (_, i) =>
        Promise.resolve(set.run(call, `V${i}`, 'x')).catch((error: Error) => {
          t.match(error, {
            name: 'LuaMisuse',
            message: /^env\.set: .*cannot have more than 100 environment variables/
          })
        })
      )
    )
    t.equal(Object.keys(await storage.env.all('fa')).length, 100)
    t.equal(await set.run(call, 'V7', 'another'), true, 'one that is there can be changed')
  }
)
