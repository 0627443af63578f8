/** Three servers on one PostgreSQL, each behind a relay or in a network of its own, that faults happen to. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNetwork, type Loss, type Network } from '../../helpers/network.js'
import {
  readRows,
  startPostgres,
  type Postgres,
  type PostgresOptions
} from '../../helpers/postgres.js'
import { startRelay } from '../../helpers/relay.js'
import { SECRET_KEY } from '../../helpers/server.js'
import { startServer, type ChaosServer } from '../server.js'

const NODES = 3

interface Teardown {
  readonly teardown: (end: () => unknown) => void
}

export interface ClusterOptions {
  readonly postgres?: PostgresOptions
  /** With a synchronous replica, whose address the servers know. */
  readonly hasReplica?: boolean
  readonly settings?: Readonly<Record<string, string>>
  /** The first server is in a network of its own, where that can be made. */
  readonly hasNetwork?: boolean
}

/** What a node reaches the database by. */
export interface Link {
  /** Such as it is. */
  readonly kind: string
  /** From now on that is lost, and nobody is told. */
  cut(loss: Loss): Promise<void>
  heal(): Promise<void>
}

export interface Node {
  readonly link: Link
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
  t: Teardown,
  { postgres: asked = {}, hasReplica = false, hasNetwork = false, settings = {} }: ClusterOptions
): Promise<Cluster> {
  const network = hasNetwork ? await createNetwork(t) : undefined
  const alsoAt = typeof network === 'object' ? network.outside : undefined
  const postgres = await startPostgres(t, { durable: true, alsoAt, ...asked })
  await postgres.create()
  const replica = hasReplica ? await postgres.replicate() : undefined
  const nodes = await Promise.all(
    Array.from({ length: NODES }, async (_, index) => {
      const place =
        typeof network === 'object' && index === 0
          ? placeIn(network, postgres)
          : await placeBehindRelay(t, { postgres, replica }, network)
      return startNode(t, place, settings)
    })
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

/** Where a node runs. */
interface Place {
  readonly link: Link
  readonly url: string
  readonly settings: Readonly<Record<string, string>>
  readonly prefix: readonly string[]
}

const toUrl = (hosts: readonly string[]): string =>
  `postgres://moonlet@${hosts.join()}/test_1?sslmode=disable`

function placeIn(network: Network, { port }: Postgres): Place {
  return {
    link: {
      kind: 'packets are lost',
      cut: loss => network.lose(loss, [port]),
      heal: () => network.heal()
    },
    url: toUrl([`${network.outside}:${port}`]),
    settings: { HOST: network.inside },
    prefix: network.prefix
  }
}

/** `network` is why there is none, if that was asked for. */
async function placeBehindRelay(
  t: Teardown,
  { postgres, replica }: Pick<Cluster, 'postgres' | 'replica'>,
  network: unknown
): Promise<Place> {
  const relay = await startRelay(t, postgres.port)
  return {
    link: {
      kind: `a relay holds bytes${typeof network === 'string' ? `; ${network}` : ''}`,
      async cut(loss) {
        relay.set({
          toServer: loss === 'toClient' ? 'pass' : 'hold',
          toClient: loss === 'toServer' ? 'pass' : 'hold'
        })
      },
      async heal() {
        relay.heal()
      }
    },
    url: toUrl(
      [relay.port, ...(replica === undefined ? [] : [replica.port])].map(
        port => `127.0.0.1:${port}`
      )
    ),
    settings: {},
    prefix: []
  }
}

async function startNode(
  t: Teardown,
  { link, url, settings: own, prefix }: Place,
  settings: Readonly<Record<string, string>>
): Promise<Node> {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-chaos-'))
  let before = ''
  const start = () =>
    startServer({
      folder,
      prefix,
      settings: { DATABASE_URL: url, SECRET_KEY, ...own, ...settings }
    })
  const node: Node = {
    link,
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
