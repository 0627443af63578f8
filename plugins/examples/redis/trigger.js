/**
 * Runs functions for messages of channels; `event.body` is the message, `event.headers["X-Redis-Channel"]` the
 * channel.
 */
import { Redis } from 'ioredis'

export function startTrigger({ server, url, subscriptions, log }) {
  if (subscriptions.length === 0) return { close() {} }
  const connection = new Redis(url, {
    lazyConnect: true,
    retryStrategy: attempts => Math.min(attempts * 100, 2000)
  })
  connection.on('error', err => {
    log.warn({ err }, 'connection to Redis for messages')
  })

  async function run(functionId, channel, message) {
    try {
      await server.plugin.run(functionId, {
        path: '/message',
        headers: { 'X-Redis-Channel': channel },
        body: message
      })
    } catch (err) {
      log.error({ err, functionId, channel }, 'a message was not handled')
    }
  }

  connection.on('messageBuffer', (channelBytes, message) => {
    const channel = channelBytes.toString()
    for (const { channel: wanted, functionId } of subscriptions) {
      if (wanted === channel) void run(functionId, channel, message)
    }
  })
  // Subscriptions are made anew after a lost connection; a server that is not there yet is waited for.
  connection.subscribe(...new Set(subscriptions.map(({ channel }) => channel))).catch(err => {
    log.warn({ err }, 'no subscription yet')
  })
  return {
    close: () => {
      connection.disconnect()
    }
  }
}
