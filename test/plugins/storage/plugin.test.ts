import t from 'tap'
import Fastify from 'fastify'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { loadConfig } from '../../../config/load.js'
import functionCache from '../../../plugins/storage/functions/function-cache.js'
import storage from '../../../plugins/storage/plugin.js'
import { createFunction } from '../../contracts/storage-fixtures.js'
import { temporaryFolder } from './open-storage.js'

t.test(
  'the data folder is made, with the database and the key file; all closes with the server',
  async t => {
    const folder = join(await temporaryFolder(t), 'deep', 'data')
    const app = Fastify()
    app.decorate('config', loadConfig({ DATA_DIR: folder }))
    await app.register(storage)
    await app.register(functionCache)
    const id = await createFunction(app.storage, { name: 'a' })
    t.equal((await app.functionCache.get(id))?.fn.name, 'a')
    t.equal((await stat(folder)).mode & 0o777, 0o700)
    t.ok((await stat(join(folder, 'moonlet.db'))).isFile())
    t.equal((await stat(join(folder, 'secret.key'))).mode & 0o777, 0o600)
    await app.close()
    await t.rejects(app.storage.probe(), { code: 'STORAGE_FAILED', message: /closed/ })
    t.notOk(
      await stat(join(folder, 'moonlet.db-wal')).catch(() => undefined),
      'the log beside the database is merged'
    )
  }
)

t.test('a key in the settings makes no key file', async t => {
  const folder = await temporaryFolder(t)
  const app = Fastify()
  app.decorate('config', loadConfig({ DATA_DIR: folder, SECRET_KEY: 'ab'.repeat(32) }))
  await app.register(storage)
  const id = await createFunction(app.storage)
  await app.storage.env.set(id, 'A', 'b')
  t.equal(await app.storage.env.get(id, 'A'), 'b')
  await app.close()
  t.notOk(await stat(join(folder, 'secret.key')).catch(() => undefined))
})

t.test(
  'a second server on the same folder is refused, and welcome when the first has gone',
  async t => {
    const config = loadConfig({ DATA_DIR: await temporaryFolder(t) })
    const start = async () => {
      const app = Fastify()
      t.teardown(() => app.close())
      app.decorate('config', config)
      await app.register(storage)
      return app
    }
    const first = await start()
    await t.rejects(start(), {
      code: 'DATA_IN_USE',
      message: /Another Moonlet uses the data folder .*DATA_DIR/
    })
    await first.storage.probe()
    await first.close()
    await t.resolves((await start()).storage.probe())
  }
)
