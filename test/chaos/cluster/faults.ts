/** The faults: each happens to a cluster under load, and gives what came of it. Throws where a promise is not kept. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, open, rm, statfs, unlink } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Loss } from '../../helpers/network.js'
import { openConnection } from '../../helpers/postgres.js'
import { createClient, type Client } from '../client.js'
import { until } from '../server.js'
import type { Cluster, Node } from './cluster.js'
import type { Functions } from './load.js'

const run = promisify(execFile)

export interface FaultOptions {
  readonly cluster: Cluster
  readonly functions: Functions
  /** How long a fault lasts that has no end of its own. */
  readonly lastMs: number
}

export interface FaultResult {
  /** Milliseconds from the end of the fault until every node answers again. */
  readonly recoveredMs: number
  /** How it was made to happen, where there are several ways. */
  readonly how?: string
}

type Fault = (options: FaultOptions) => Promise<FaultResult>

const readiness = async (client: Client, { server }: Node) =>
  (await client.call(`${server.base}/readyz`)).status

/** Waits until every node answers calls that write, and says that it is ready. */
async function recover({ cluster, functions }: FaultOptions): Promise<FaultResult> {
  const client = createClient(4)
  const began = performance.now()
  const isBack = (node: Node) => async () =>
    (await client.call(`${node.server.base}/fn/${functions.hello}`).catch(() => undefined))
      ?.status === 200
  try {
    await Promise.all(cluster.nodes.map(node => until('a node answers again', isBack(node))))
    const recoveredMs = performance.now() - began
    const isReady = (node: Node) => async () => (await readiness(client, node)) === 200
    await Promise.all(cluster.nodes.map(node => until('a node is ready again', isReady(node))))
    return { recoveredMs }
  } finally {
    await client.close()
  }
}

async function untilNotReady(nodes: readonly Node[]): Promise<void> {
  const client = createClient(4)
  try {
    await Promise.all(
      nodes.map(node =>
        until(
          'a node says that it is not ready',
          async () => (await readiness(client, node)) === 503
        )
      )
    )
  } finally {
    await client.close()
  }
}

const killNode: Fault = async options => {
  const [node] = options.cluster.nodes
  await node?.server.end('SIGKILL')
  await pause(options.lastMs)
  await node?.restart()
  return recover(options)
}

/** The other nodes go on meanwhile. */
const cut =
  (loss: Loss): Fault =>
  async options => {
    const [node, ...others] = options.cluster.nodes
    assert.ok(node !== undefined)
    await node.link.cut(loss)
    await untilNotReady([node])
    const client = createClient(1)
    for (const { server } of others) {
      await until(
        'the others serve',
        async () =>
          (await client.call(`${server.base}/fn/${options.functions.hello}`)).status === 200
      )
    }
    await client.close()
    await pause(options.lastMs)
    await node.link.heal()
    return { ...(await recover(options)), how: node.link.kind }
  }

const restartDatabase: Fault = async options => {
  await options.cluster.postgres.stop('fast')
  await untilNotReady(options.cluster.nodes)
  await pause(options.lastMs)
  await options.cluster.postgres.start()
  return recover(options)
}

const killDatabase: Fault = async options => {
  await options.cluster.postgres.kill()
  await untilNotReady(options.cluster.nodes)
  await pause(options.lastMs)
  await options.cluster.postgres.start()
  return recover(options)
}

const failOver: Fault = async options => {
  const { postgres, replica } = options.cluster
  assert.ok(replica !== undefined)
  await postgres.kill()
  await replica.query('alter system reset synchronous_standby_names')
  await replica.query('select pg_reload_conf()')
  await replica.promote()
  return recover(options)
}

/** Others take all connections, and those of the servers are ended. */
const exhaustConnections: Fault = async options => {
  const { postgres } = options.cluster
  const taken: Socket[] = []
  const state = { goesOn: true, refused: 0 }
  // Opened while there is one to be had.
  const own = await openConnection(postgres.url())
  const taking = (async () => {
    while (state.goesOn) {
      const { socket, isRefused } = await occupy(postgres.port)
      taken.push(socket)
      if (isRefused) state.refused++
      await pause(5)
    }
  })()
  try {
    await until('others have all connections', () => state.refused > 0)
    await own.script(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'moonlet' and pid <> pg_backend_pid()"
    )
    const before = state.refused
    await until('others have all connections again', () => state.refused > before)
    await pause(Math.max(3_000, options.lastMs))
  } finally {
    state.goesOn = false
    await taking
    for (const socket of taken) socket.destroy()
    await own.close()
  }
  return recover(options)
}

/** PostgreSQL's first byte where it refuses. */
const ERROR = 'E'.charCodeAt(0)

/** A session that asks for nothing; with a server that has none left it is one that was refused. */
function occupy(port: number): Promise<{ socket: Socket; isRefused: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      const text = 'user\0moonlet\0database\0postgres\0\0'
      const head = Buffer.alloc(8)
      head.writeInt32BE(8 + text.length)
      head.writeInt32BE(196_608, 4)
      socket.write(Buffer.concat([head, Buffer.from(text)]))
    })
    socket.once('data', bytes => {
      resolve({ socket, isRefused: bytes[0] === ERROR })
    })
    socket.on('error', reject)
  })
}

/** The listening connections end at the moment of a change, again and again: it reaches every node all the same. */
const loseNotifications: Fault = async options => {
  const { cluster, functions } = options
  const client = createClient(2)
  try {
    for (let i = 0; i < 3; i++) {
      const body = `changed ${i} ${Date.now()}`
      const code = `function handler() return { statusCode = 200, body = "${body}" } end`
      const listeners = `from pg_stat_activity where pid <> pg_backend_pid()
        and (query like '%from changes where%' or query like 'listen %')`
      await until('all servers listen', async () => {
        const open = await cluster.rows(`select pid ${listeners}`)
        return open.length >= cluster.nodes.length
      })
      await cluster.postgres.query(`select pg_terminate_backend(pid) ${listeners}`)
      await until('the change is stored', async () => {
        const url = `${cluster.base()}/api/functions/${functions.hello}`
        return (await client.call(url, 'PUT', JSON.stringify({ code }))).status === 200
      })
      for (const { server } of cluster.nodes) {
        await until(
          'a node runs the changed code',
          async () => (await client.call(`${server.base}/fn/${functions.hello}`)).body === body
        )
      }
    }
  } finally {
    await client.close()
  }
  return recover(options)
}

const isToldFull = (node: Node): boolean => /No space left on device/.test(node.output())

/** Of a database whose folder is a small file system of its own. */
const fillDisk: Fault = async options => {
  const { postgres } = options.cluster
  const file = join(postgres.folder, 'fill')
  const fill = await open(file, 'w')
  const state = { goesOn: true }
  const piece = Buffer.alloc(65_536)
  const filling = (async () => {
    while (state.goesOn) await fill.write(piece).catch(() => pause(20))
  })()
  try {
    await untilNotReady(options.cluster.nodes)
    const { bavail, bsize } = await statfs(postgres.folder)
    assert.ok(bavail * bsize < piece.length, 'the disk is full')
    await until('the servers say so, or the database has ended itself', () =>
      options.cluster.nodes.every(node => isToldFull(node) || !postgres.isRunning())
    )
    await pause(options.lastMs)
  } finally {
    state.goesOn = false
    await filling
    await fill.close()
    await unlink(file)
  }
  // A database that cannot write its log ends itself.
  if (!postgres.isRunning()) await postgres.start()
  return recover(options)
}

export const faults = {
  killNode,
  cutNode: cut('both'),
  /** The database hears nothing of the node, and goes on telling it. */
  loseQuestions: cut('toServer'),
  loseAnswers: cut('toClient'),
  restartDatabase,
  killDatabase,
  loseNotifications,
  exhaustConnections,
  fillDisk,
  failOver
} satisfies Readonly<Record<string, Fault>>

export type FaultName = keyof typeof faults

/** A file system in memory; undefined: this user may not mount one. `end` unmounts it. */
export async function mountSmall(
  megabytes: number
): Promise<{ folder: string; end: () => Promise<void> } | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-small-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  } catch {
    await rm(folder, { recursive: true })
    return undefined
  }
  const inside = join(folder, 'postgres')
  await mkdir(inside)
  await chmod(folder, 0o755)
  return {
    folder: inside,
    end: async () => {
      await run('umount', ['-l', folder])
      await rm(folder, { recursive: true, force: true })
    }
  }
}
