/** A Moonlet plugin: the Lua module `redis`, and a trigger that runs functions for published messages. */
import { SettingProblem, definePlugin, setting } from 'moonlet/plugin'
import { redisModule } from './module.js'
import { createPool } from './pool.js'
import { startTrigger } from './trigger.js'

const redisUrl = {
  ...setting.optionalText({
    secret: true,
    doc: 'Redis server of the module `redis`, such as `redis://user:password@localhost:6379/0`'
  }),
  read(text = 'redis://localhost:6379') {
    if (!/^rediss?:\/\/[^/]/.test(text) || !URL.canParse(text)) {
      throw new SettingProblem('must be an address such as redis://localhost:6379')
    }
    return text
  }
}

const subscriptions = {
  ...setting.list({
    doc: 'Functions that run for messages, as `channel=function id`, separated by commas'
  }),
  read(text = '') {
    return text
      .split(',')
      .map(part => part.trim())
      .filter(part => part !== '')
      .map(part => {
        const [, channel, functionId] = /^(.+)=([0-9a-v]{20})$/.exec(part) ?? []
        if (channel === undefined) {
          throw new SettingProblem('must be pairs such as orders=c9q3k0o2h6v8e1t4u7r0')
        }
        return { channel, functionId }
      })
  }
}

export default definePlugin({
  name: 'redis',
  moonlet: '^0.1.0',
  settings: {
    REDIS_URL: redisUrl,
    REDIS_CONNECTIONS: setting.integer({
      min: 1,
      max: 50,
      fallback: 2,
      doc: 'Connections to Redis at once'
    }),
    REDIS_SUBSCRIBE: subscriptions
  },
  start(server, { REDIS_URL, REDIS_CONNECTIONS, REDIS_SUBSCRIBE }) {
    const log = server.log.child({ plugin: 'redis' })
    const pool = createPool({
      url: REDIS_URL,
      size: REDIS_CONNECTIONS,
      onError: err => {
        log.warn({ err }, 'connection to Redis')
      }
    })
    server.lua.add(redisModule(pool), 'redis')
    const trigger = startTrigger({ server, url: REDIS_URL, subscriptions: REDIS_SUBSCRIBE, log })
    server.addHook('onClose', async () => {
      trigger.close()
      pool.close()
    })
  }
})
