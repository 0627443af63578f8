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
  readonly load?: number
  readonly cores?: number
  readonly sandboxes?: Readonly<Record<string, number>>
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
  'LOAD',
  'BUSY',
  'IDLE',
  'WAITING',
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
  node.load === undefined ? '-' : `${node.load.toFixed(2)} of ${node.cores ?? '-'}`,
  toText(node.sandboxes?.['busy']),
  toText(node.sandboxes?.['idle']),
  toText(node.sandboxes?.['waiting']),
  toText(node.changes_behind),
  node.clock_ahead_ms === undefined ? '-' : `${node.clock_ahead_ms} ms`
]

const toText = (number: number | undefined): string => (number === undefined ? '-' : String(number))
