/** `moonlet nodes`: the servers that work on the same data. */
import type { Context } from '../context.js'
import { exitCodes } from '../failure.js'
import { connect } from './connect.js'
import { sayTable, toTime } from './show.js'

interface Node {
  readonly id: number
  readonly this: boolean
  readonly status: string
  readonly host: string
  readonly port?: number
  readonly version: string
  readonly started_at: number
  readonly seen_at: number
  readonly leads?: boolean
  readonly load?: number
  readonly cores?: number
  readonly sandboxes?: Readonly<Record<string, number>>
  readonly calls_per_second?: number
  readonly event_loop_delay_ms?: number
  readonly changes_behind?: number
  readonly clock_ahead_ms?: number
}

const HEAD = [
  'ID',
  'STATUS',
  'VERSION',
  'HOST',
  'SINCE',
  'SEEN',
  'LEADS',
  'LOAD',
  'CALLS/S',
  'BUSY',
  'IDLE',
  'WAITING',
  'DELAY',
  'BEHIND',
  'CLOCK'
]

export async function nodes(context: Context): Promise<number> {
  const client = await connect()
  const answer = await client.json<{ database: string; nodes: Node[] }>('/api/nodes')
  context.report(answer)
  sayTable(context.terminal, HEAD, answer.nodes.map(toRow))
  const versions = new Set(
    answer.nodes.filter(({ status }) => status === 'up').map(({ version }) => version)
  )
  if (versions.size > 1) {
    context.terminal.note(
      `Servers of ${versions.size} versions work together (${[...versions].sort().join(', ')}): upgrade the older ones.`
    )
  }
  return exitCodes.done
}

/** `-`: it has not said so yet, or it does not apply. */
const toRow = (node: Node): string[] => [
  `${node.id}${node.this ? '*' : ''}`,
  node.status,
  node.version,
  `${node.host}${node.port === undefined ? '' : `:${node.port}`}`,
  toTime(node.started_at),
  toTime(node.seen_at),
  node.leads === true ? 'yes' : '-',
  node.load === undefined ? '-' : `${node.load.toFixed(2)} of ${node.cores ?? '-'}`,
  node.calls_per_second === undefined ? '-' : node.calls_per_second.toFixed(1),
  toText(node.sandboxes?.['busy']),
  toText(node.sandboxes?.['idle']),
  toText(node.sandboxes?.['waiting']),
  toMs(node.event_loop_delay_ms),
  toText(node.changes_behind),
  toMs(node.clock_ahead_ms)
]

const toMs = (ms: number | undefined): string => (ms === undefined ? '-' : `${ms} ms`)
const toText = (number: number | undefined): string => (number === undefined ? '-' : String(number))
