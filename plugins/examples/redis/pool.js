/** A few connections that all functions share. Each carries many commands at once, so they are taken in turn. */
import { Redis } from 'ioredis'

export function createPool({ url, size, onError }) {
  const connections = Array.from(
    { length: size },
    () =>
      new Redis(url, {
        lazyConnect: true,
        connectTimeout: 5000,
        commandTimeout: 10_000,
        maxRetriesPerRequest: 1,
        retryStrategy: attempts => Math.min(attempts * 100, 2000)
      })
  )
  for (const connection of connections) connection.on('error', onError)
  let next = 0

  return {
    /** The connection whose turn it is. */
    take: () => connections[next++ % size],
    close() {
      for (const connection of connections) connection.disconnect()
    }
  }
}
