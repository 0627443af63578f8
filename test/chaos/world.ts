/** A data folder with the counter function in it, and servers that are started on it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, createFunction } from './client.js'
import { COUNTER } from './load.js'
import { startServer, type ChaosServer, type StartOptions } from './server.js'

export interface World {
  readonly folder: string
  readonly functionId: string
  /** Starts the next server, after the one before has ended. */
  start(options?: Omit<StartOptions, 'folder'>): Promise<ChaosServer>
}

/** Makes the world, does `work` in it, and removes it with every process in it. */
export async function inWorld<T>(work: (world: World) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-chaos-'))
  const started: ChaosServer[] = []
  const start = async (options: Omit<StartOptions, 'folder'> = {}) => {
    const server = await startServer({ folder, ...options })
    started.push(server)
    return server
  }
  try {
    const first = await start()
    const client = createClient(1)
    const functionId = await createFunction(client, first.base, COUNTER).finally(() =>
      client.close()
    )
    await first.end('SIGTERM')
    return await work({ folder, functionId, start })
  } finally {
    await Promise.all(started.map(server => server.end('SIGKILL')))
    await rm(folder, { recursive: true, force: true })
  }
}
