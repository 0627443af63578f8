/** `fastify.storage`: the SQLite database of the data folder, or the PostgreSQL database of DATABASE_URL. */
import fp from 'fastify-plugin'
import { join } from 'node:path'
import '../../core/contracts/server.js'
import { lockDataFolder } from './db/data-lock.js'
import { createKeySource } from './secrets/checked-key.js'
import type { QuotaNotice } from './quotas/quota-warnings.js'
import { toLimits } from './quotas/configured-limits.js'
import { openStorage } from './storage.js'

export default fp(
  async function storage(fastify) {
    const { config } = fastify
    const onNotice = (notice: QuotaNotice): void => {
      fastify.log.warn(notice, toWords(notice))
    }
    if (config.DATABASE_URL !== undefined) {
      // Only who asks for it loads it.
      const { openServerStorage } = await import('./postgres/server-storage.js')
      const opened = await openServerStorage(config, onNotice)
      fastify.decorate('storage', opened)
      fastify.addHook('onClose', () => opened.close())
      return
    }
    const { DATA_DIR, SECRET_KEY } = config
    const lock = lockDataFolder(DATA_DIR)
    fastify.addHook('onClose', async () => {
      lock.release()
    })
    const database = join(DATA_DIR, 'moonlet.db')
    const place = { database, folder: DATA_DIR, settingKey: SECRET_KEY }
    const opened = await openStorage({
      file: database,
      secretKey: await createKeySource(place, { mayRepair: true }),
      syncsJobs: config.JOBS_SYNC === 'full',
      limits: toLimits(config),
      onNotice
    })
    fastify.decorate('storage', opened)
    fastify.addHook('onClose', () => opened.close())
  },
  { name: 'storage' }
)

const toWords = ({ kind, setting }: QuotaNotice): string =>
  kind === 'history'
    ? `history has used most of its quota (${setting}); beyond it the oldest executions are deleted`
    : `stored values have used most of their quota (${setting}); beyond it writes are refused`
