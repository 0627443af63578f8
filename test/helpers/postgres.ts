/**
 * A real PostgreSQL for a test file, with a data folder and a port of its own; the distribution's cluster is never
 * used. The binaries refuse to run as root: then they run as `postgres` or `nobody`.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { appendFile, chmod, chown, cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { parseDatabaseUrl } from '../../config/database-url.js'
import { Connection } from '../../plugins/storage/postgres/db/connection.js'
import { endsWithUs } from './ends-with-us.js'
import { findFreePort } from './free-port.js'

const run = promisify(execFile)
const START_MS = 60_000
const VERSIONS = '/usr/lib/postgresql'

export interface Postgres {
  readonly port: number
  readonly folder: string
  /** Address of a database, as DATABASE_URL names it. */
  url(database?: string): string
  /** Runs statements, on the database `postgres` unless the address of another is given. */
  query(sql: string, url?: string): Promise<void>
  /** An empty database, or a copy of the one at the given address; gives its address. */
  create(template?: string): Promise<string>
  /** As pg_ctl ends it: `fast` or `immediate` (as if it had crashed). */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Kills all its processes at once, without a word. */
  kill(): Promise<void>
  /** Rejects when it ends instead. */
  start(): Promise<void>
  /** Whether its first process is there. */
  isRunning(): boolean
  /** A streaming replica that ends with the test. Commits wait for it. */
  replicate(): Promise<Postgres>
  /** A replica takes writes from then on. */
  promote(): Promise<void>
}

export interface PostgresOptions {
  /** It waits for the disk, as in earnest. */
  readonly durable?: boolean
  readonly options?: readonly string[]
  /** The folder for it, which is there and empty; a new one unless given. */
  readonly folder?: string
  /** An address of this machine besides 127.0.0.1; who is in its network needs no password either. */
  readonly alsoAt?: string | undefined
}

/** Why tests on PostgreSQL cannot run here; undefined: they can. */
export const missingPostgres = (): string | undefined =>
  findBinaries() === undefined ? 'PostgreSQL is not installed (package postgresql)' : undefined

function findBinaries(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : []
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map(version => join(VERSIONS, version, 'bin'))
    .find(folder => existsSync(join(folder, 'postgres')))
}

const isRoot = process.getuid?.() === 0

async function idsOf(user: string): Promise<[number, number] | undefined> {
  try {
    const ids = await Promise.all(['-u', '-g'].map(flag => run('id', [flag, user])))
    return [Number(ids[0]?.stdout), Number(ids[1]?.stdout)]
  } catch {
    return undefined
  }
}

/** Whom the server runs as. */
async function findUser(): Promise<{ name: string; uid: number; gid: number } | undefined> {
  if (!isRoot) return undefined
  for (const name of ['postgres', 'nobody']) {
    const ids = await idsOf(name)
    if (ids !== undefined) return { name, uid: ids[0], gid: ids[1] }
  }
  return undefined
}

/**
 * Runs the tests of a file on one that ends with them, so a file calls it before it has other tests. Where there is
 * none, one test is skipped and says why.
 */
export async function onPostgres(
  t: Test,
  test: (postgres: Postgres) => void | Promise<void>,
  options: PostgresOptions = {}
): Promise<void> {
  const missing = missingPostgres()
  if (missing === undefined) await test(await startPostgres(t, options))
  else void t.test('on PostgreSQL', { skip: missing }, () => {})
}

/** A connection to the database at an address; the caller closes it. */
export async function openConnection(url: string): Promise<Connection> {
  const address = parseDatabaseUrl(url)
  const [host] = address.hosts
  if (host === undefined) throw new Error(`no host in ${url}`)
  return await Connection.open({ address, host, statementTimeoutMs: 60_000 })
}

/** Runs statements, one by one, on the database at an address; gives the rows of the last one. */
export async function readRows(url: string, ...statements: string[]) {
  const connection = await openConnection(url)
  try {
    const results = await connection.run(statements.map(sql => ({ sql, values: [] })))
    return results.at(-1)?.rows ?? []
  } finally {
    await connection.close()
  }
}

/** Starts one that ends with the test. */
export async function startPostgres(
  t: Pick<Test, 'teardown'>,
  asked: PostgresOptions = {}
): Promise<Postgres> {
  const binaries = findBinaries()
  if (binaries === undefined) throw new Error(missingPostgres())
  const user = await findUser()
  return startOn(t, asked, {
    binaries,
    user,
    fill: async data => {
      const template = await prepareTemplate(binaries, user)
      await cp(template, data, { recursive: true, preserveTimestamps: true })
      if (user !== undefined) await run('chown', ['-R', `${user.uid}:${user.gid}`, data])
    }
  })
}

interface Installation {
  readonly binaries: string
  readonly user: { name: string; uid: number; gid: number } | undefined
  /** Makes the data folder. */
  readonly fill: (data: string) => Promise<void>
}

async function startOn(
  t: Pick<Test, 'teardown'>,
  asked: PostgresOptions,
  { binaries, user, fill }: Installation
): Promise<Postgres> {
  const { durable = false, options = [], alsoAt } = asked
  const as = user === undefined ? {} : { uid: user.uid, gid: user.gid }
  const folder = asked.folder ?? (await mkdtemp(join(tmpdir(), 'moonlet-postgres-')))
  if (user !== undefined) await chown(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  await fill(data)
  if (alsoAt !== undefined) {
    await appendFile(join(data, 'pg_hba.conf'), 'host all all samenet trust\n')
  }
  await chmod(data, 0o700)
  const port = await findFreePort()
  const settings = [
    ...['-c', `port=${port}`, '-c', 'unix_socket_directories='],
    ...[
      '-c',
      `listen_addresses=${['127.0.0.1', ...(alsoAt === undefined ? [] : [alsoAt])].join()}`
    ],
    ...(durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off']),
    ...options
  ]
  let server: ReturnType<typeof spawn> | undefined
  const start = async (): Promise<void> => {
    const command = endsWithUs('QUIT', join(binaries, 'postgres'), ['-D', data, ...settings])
    server = spawn(...command, { ...as, stdio: 'ignore' })
    await answers(() => postgres.query('select 1'), postgres.isRunning)
  }
  const isRunning = (): boolean =>
    server !== undefined && server.exitCode === null && server.signalCode === null
  const stop = async (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => {
    const running = server
    if (running === undefined || !isRunning()) return
    const ended = new Promise(resolve => running.once('exit', resolve))
    running.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    await ended
  }
  let made = 0
  const postgres: Postgres = {
    port,
    folder,
    url: (database = 'postgres') =>
      `postgres://moonlet@127.0.0.1:${port}/${database}?sslmode=disable`,
    async query(sql, url = postgres.url()) {
      const connection = await openConnection(url)
      try {
        await connection.script(sql)
      } finally {
        await connection.close()
      }
    },
    async create(template) {
      const name = `test_${++made}`
      const from = template === undefined ? '' : ` template ${new URL(template).pathname.slice(1)}`
      await postgres.query(`create database ${name}${from}`)
      return postgres.url(name)
    },
    stop,
    start,
    isRunning,
    async kill() {
      const running = server
      if (running?.pid === undefined || !isRunning()) return
      const ended = new Promise(resolve => running.once('exit', resolve))
      const children = await run('ps', ['-o', 'pid=', '--ppid', String(running.pid)])
      running.kill('SIGKILL')
      for (const pid of children.stdout.trim().split(/\s+/)) {
        try {
          process.kill(Number(pid), 'SIGKILL')
        } catch {
          // It has ended by itself.
        }
      }
      await ended
    },
    async replicate() {
      const backup = (to: string) =>
        run(
          join(binaries, 'pg_basebackup'),
          ['-h', '127.0.0.1', '-p', String(port), '-U', 'moonlet', '-D', to, '-R', '-c', 'fast'],
          as
        )
      const replica = await startOn(
        t,
        { durable },
        {
          binaries,
          user,
          fill: async to => {
            await backup(to)
          }
        }
      )
      await postgres.query("alter system set synchronous_standby_names = '*'")
      await postgres.query('select pg_reload_conf()')
      return replica
    },
    promote: () => postgres.query('select pg_promote()')
  }
  t.teardown(async () => {
    await stop('immediate')
    await rm(folder, { recursive: true, force: true })
  })
  await start()
  return postgres
}

/** A data folder as initdb makes it, made once for this machine. */
async function prepareTemplate(
  binaries: string,
  user: { name: string; uid: number; gid: number } | undefined
): Promise<string> {
  const version = binaries.split('/').at(-2) ?? ''
  const template = join(tmpdir(), `moonlet-postgres-template-${version}-${process.getuid?.() ?? 0}`)
  if (existsSync(join(template, 'PG_VERSION'))) return template
  const making = await mkdtemp(join(tmpdir(), 'moonlet-postgres-making-'))
  const data = join(making, 'data')
  await mkdir(data)
  if (user !== undefined) {
    await chown(making, user.uid, user.gid)
    await chown(data, user.uid, user.gid)
  }
  await run(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'moonlet', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    user === undefined ? {} : { uid: user.uid, gid: user.gid }
  )
  // Another test file may have been faster.
  await rename(data, template).catch(() => {})
  await rm(making, { recursive: true, force: true })
  return template
}

/** Resolves when `ask` does; after a minute, or when there is nobody to answer, rejects with why it does not. */
async function answers(ask: () => Promise<void>, isThere: () => boolean): Promise<void> {
  const end = Date.now() + START_MS
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (Date.now() > end || !isThere()) throw error
      await pause(50)
    }
  }
}
