/** What users do while others call functions: pages and lists, changes, deletes, commands beside the server. */
import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createIdSource } from '../../../core/base/ids.js'
import { readEvents } from '../../../core/cli/remote/event-stream.js'
import { startEnvironment } from '../../helpers/start-environment.js'
import { KEY } from '../api.js'
import { pageRequests } from '../page-requests.js'
import { calling } from './background.js'

export interface Work {
  readonly name: string
  /** Once; false: it failed. Ends early when the signal aborts, if it takes long. */
  readonly run: (signal: AbortSignal) => Promise<boolean>
  /** Goes on in the server after its answer, so hello alone is measured before. */
  readonly isLasting?: boolean
  /** Takes seconds. */
  readonly isLong?: boolean
}

export interface WorkPlace {
  readonly base: string
  /** The data folder. */
  readonly folder: string
  /** Ids; the first one has half of the history. */
  readonly functions: readonly string[]
  /** The one that is called all the time. */
  readonly hello: string
}

const DAY = 86_400
const CODE_BYTES = 1_000_000
const VALUE_BYTES = 4 * 1024 ** 2
const PUSHED = 100
/** Bytes that the history quota falls by each time, of some hundred executions. */
const QUOTA_STEP = 100_000
const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }

/** In the order in which they are done: what deletes comes last. */
export async function makeWorks(place: WorkPlace): Promise<readonly Work[]> {
  return [
    ...lists(place),
    await everyPage(place),
    tail(place),
    ...changes(place),
    ...commands(place),
    ...(await removals(place))
  ]
}

function lists({ base, functions: [large = ''] }: WorkPlace): Work[] {
  const list = (name: string, path: string): Work => ({
    name,
    run: calling(`${base}/api/${path}`, { headers })
  })
  const executions = `functions/${large}/executions?limit=50`
  const later = Math.floor(Date.now() / 1000) - 7 * DAY
  return [
    list('text search, absent', `${executions}&text=nowhere`),
    list('text search, frequent', `${executions}&text=catalogue`),
    list('filter with a count', `${executions}&status=error&offset=1000`),
    list('time range with a count', `${executions}&from=${later}`),
    list('functions', 'functions?limit=50'),
    list('functions with a search', 'functions?limit=50&search=99'),
    list('audit, a deep page', 'audit?limit=50&offset=150000'),
    list('audit of one actor', 'audit?limit=50&actor=nobody'),
    list('jobs, a deep page', 'jobs?limit=50&offset=150000')
  ]
}

/** Whatever the dashboard's pages read, one request after the other. */
async function everyPage({ base, functions }: WorkPlace): Promise<Work> {
  const [large = '', small = ''] = functions
  const list = await fetch(`${base}/api/functions/${large}/executions?limit=1`, { headers })
  const { executions = [] } = (await list.json()) as {
    readonly executions?: ReadonlyArray<{ readonly id: string }>
  }
  const history = { large, small, execution: executions[0]?.id ?? '' }
  const reads = pageRequests(history, 0).filter(
    ({ method, stream, path }) => method === undefined && stream !== true && path.startsWith('/api')
  )
  return {
    name: 'every page of the dashboard',
    run: async signal => {
      for (const { path } of reads) {
        if (signal.aborted) break
        await (await fetch(base + path, { headers })).arrayBuffer()
      }
      return true
    }
  }
}

/** As `moonlet logs -f` does: each execution, and then its logs. */
const tail = ({ base, hello }: WorkPlace): Work => ({
  name: 'live tail of hello, with logs',
  run: async signal => {
    const events = await fetch(`${base}/api/events?function_id=${hello}`, { headers, signal })
    if (events.body === null) return false
    for await (const { event, data } of readEvents(Readable.fromWeb(events.body as WebStream))) {
      if (event !== 'execution') continue
      const { id } = JSON.parse(data) as { readonly id: string }
      const logs = await fetch(`${base}/api/executions/${id}/logs?limit=100`, { headers, signal })
      await logs.arrayBuffer()
    }
    return true
  }
})

function changes({ base, functions: [large = '', small = ''] }: WorkPlace): Work[] {
  const code = 'return 1\n'.repeat(CODE_BYTES / 9)
  const value = JSON.stringify('x'.repeat(VALUE_BYTES))
  const ids = createIdSource(() => Math.floor(Date.now() / 1000))
  let saved = 0
  const send = async (method: string, path: string, body: string): Promise<boolean> => {
    const response = await fetch(`${base}/api/${path}`, { method, headers, body })
    await response.arrayBuffer()
    return response.ok
  }
  return [
    {
      name: `save of ${CODE_BYTES / 1e6} MB of code`,
      run: () =>
        send('PUT', `functions/${small}`, JSON.stringify({ code: `-- ${saved++}\n${code}` }))
    },
    {
      name: `value of ${VALUE_BYTES / 1024 ** 2} MiB`,
      run: () => send('PUT', `functions/${large}/kv/large`, value)
    },
    {
      name: `push of ${PUSHED} new functions`,
      run: () => {
        const functions = Array.from({ length: PUSHED }, (_, i) => ({
          id: ids.next(),
          if_none_match: '*',
          name: `pushed ${i}`,
          code: 'return 1\n'.repeat(100)
        }))
        return send('POST', 'push', JSON.stringify({ functions }))
      }
    }
  ]
}

function commands({ folder }: WorkPlace): Work[] {
  return [
    {
      name: 'export',
      isLong: true,
      run: async signal =>
        moonlet(['export', await mkdtemp(join(folder, 'export-'))], folder, signal)
    },
    {
      name: 'backup',
      isLong: true,
      run: signal =>
        moonlet(['backup', join(folder, `copy-${performance.now()}.db`)], folder, signal)
    }
  ]
}

async function removals({ base, functions }: WorkPlace): Promise<Work[]> {
  const [large = '', , ...others] = functions
  const change = async (id: string, method: string, body?: object): Promise<boolean> => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    return (await fetch(`${base}/api/functions/${id}`, { method, headers, ...sent })).ok
  }
  const usage = await fetch(`${base}/api/functions/${large}/usage`, { headers })
  const { history_bytes: history } = (await usage.json()) as {
    readonly history_bytes: { readonly used: number }
  }
  let quota = history.used
  return [
    {
      name: 'delete of small functions',
      isLasting: true,
      run: () => change(others.pop() ?? '', 'DELETE')
    },
    {
      name: 'history quota, ever less',
      isLasting: true,
      run: () => change(large, 'PUT', { history_bytes: (quota -= QUOTA_STEP) })
    },
    { name: 'delete of a large function', isLasting: true, run: () => change(large, 'DELETE') }
  ]
}

async function moonlet(
  args: readonly string[],
  folder: string,
  signal: AbortSignal
): Promise<boolean> {
  const cli = fileURLToPath(new URL('../../../core/cli.js', import.meta.url))
  await promisify(execFile)(process.execPath, [cli, ...args], {
    signal,
    env: { ...startEnvironment, PATH: process.env.PATH ?? '', DATA_DIR: folder }
  })
  return true
}
