/** Three servers on one PostgreSQL, each behind a relay of its own, that faults happen to. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  readRows,
  startPostgres,
  type Postgres,
  type PostgresOptions
} from '../../helpers/postgres.js'
import { startRelay, type Relay } from '../../helpers/relay.js'
import { SECRET_KEY } from '../../helpers/server.js'
import { startServer, type ChaosServer } from '../server.js'

const NODES = 3

export interface ClusterOptions {
  readonly postgres?: PostgresOptions
  /** With a synchronous replica, whose address the servers know. */
  readonly hasReplica?: boolean
  readonly settings?: Readonly<Record<string, string>>
}

export interface Node {
  readonly relay: Relay
  server: ChaosServer
  /** All that its servers have printed. */
  readonly output: () => string
  restart(): Promise<void>
}

export interface Cluster {
  readonly postgres: Postgres
  readonly replica: Postgres | undefined
  readonly nodes: readonly Node[]
  /** The first that has not been killed. */
  readonly base: () => string
  /** Rows of a statement, of the server that takes writes. */
  rows(sql: string): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>>
}

export async function inCluster<T>(
  options: ClusterOptions,
  work: (cluster: Cluster) => Promise<T>
): Promise<T> {
  const ends: Array<() => unknown> = []
  const t = {
    teardown: (end: () => unknown) => {
      ends.unshift(end)
    }
  }
  try {
    return await work(await startCluster(t, options))
  } finally {
    for (const end of ends) await end()
  }
}

async function startCluster(
  t: { teardown: (end: () => unknown) => void },
  { postgres: asked = {}, hasReplica = false, settings = {} }: ClusterOptions
): Promise<Cluster> {
  const postgres = await startPostgres(t, { durable: true, ...asked })
  await postgres.create()
  const replica = hasReplica ? await postgres.replicate() : undefined
  const nodes = await Promise.all(
    Array.from({ length: NODES }, () => startNode(t, { postgres, replica, settings }))
  )
  return {
    postgres,
    replica,
    nodes,
    base: () => nodes[0]?.server.base ?? '',
    async rows(sql) {
      for (const one of [postgres, replica]) {
        if (one?.isRunning() !== true) continue
        return readRows(one.url('test_1'), sql)
      }
      throw new Error('no database runs')
    }
  }
}

async function startNode(
  t: { teardown: (end: () => unknown) => void },
  {
    postgres,
    replica,
    settings
  }: Pick<Cluster, 'postgres' | 'replica'> & { settings: Readonly<Record<string, string>> }
): Promise<Node> {
  const relay = await startRelay(t, postgres.port)
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-chaos-'))
  const hosts = [relay.port, ...(replica === undefined ? [] : [replica.port])]
  const url = `postgres://moonlet@${hosts.map(port => `127.0.0.1:${port}`).join(',')}/test_1?sslmode=disable`
  let before = ''
  const start = () =>
    startServer({ folder, settings: { DATABASE_URL: url, SECRET_KEY, ...settings } })
  const node: Node = {
    relay,
    server: await start(),
    output: () => before + node.server.output(),
    async restart() {
      before = node.output()
      node.server = await start()
    }
  }
  t.teardown(async () => {
    await node.server.end('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })
  return node
}
