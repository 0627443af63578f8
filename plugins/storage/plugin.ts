/** `fastify.storage`: the SQLite database of the data folder. */
import fp from 'fastify-plugin'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import '../../core/contracts/server.js'
import { loadSecretKey } from './secret-key.js'
import { openStorage } from './storage.js'

export default fp(async function storage (fastify) {
  const { DATA_DIR, SECRET_KEY } = fastify.config
  mkdirSync(DATA_DIR, { recursive: true, mode: 0o755 })
  const opened = await openStorage({ file: join(DATA_DIR, 'moonlet.db'), secretKey: SECRET_KEY ?? loadSecretKey(DATA_DIR) })
  fastify.decorate('storage', opened)
  fastify.addHook('onClose', () => opened.close())
}, { name: 'storage' })
