/** `fastify.storage`: the SQLite database of the data folder. */
import fp from 'fastify-plugin'
import { join } from 'node:path'
import '../../core/contracts/server.js'
import { lockDataFolder } from './data-lock.js'
import { loadSecretKey } from './secret-key.js'
import { openStorage } from './storage.js'

export default fp(async function storage (fastify) {
  const { DATA_DIR, SECRET_KEY } = fastify.config
  const lock = lockDataFolder(DATA_DIR)
  fastify.addHook('onClose', async () => { lock.release() })
  const opened = await openStorage({ file: join(DATA_DIR, 'moonlet.db'), secretKey: SECRET_KEY ?? loadSecretKey(DATA_DIR) })
  fastify.decorate('storage', opened)
  fastify.addHook('onClose', () => opened.close())
}, { name: 'storage' })
