/**
 * Executions for live views on other servers. A server where somebody looks says so in a row, and hears a channel; the
 * others send there, several executions at a time, only while such a row is there and only of functions that somebody
 * looks at. Sent are ids alone: whoever shows an execution reads its record.
 */
import type { LiveNews } from '../../../../core/contracts/shared-work.js'
import { LIVE_CHANNEL, type ChangeListener } from '../db/change-listener.js'
import type { Database } from '../db/database.js'
import { noteTopic, type ChangeFeed } from '../functions/change-feed.js'
import { createRefreshing } from './refreshing.js'

type Wanted = ReadonlySet<string> | 'all' | undefined

/** What is told within this time goes together. */
const GATHER_MS = 50
/** PostgreSQL takes 8000 bytes. */
const MAX_BYTES = 7_500
/** How often it is read who looks, while somebody does: a server may have died. */
const LOOK_MS = 10_000
const TOPIC = 'viewers'

interface Parts {
  readonly db: Database
  readonly node: () => number
  readonly listener: ChangeListener
  readonly changes: ChangeFeed
  /** Aborts when the storage closes. */
  readonly stopping: AbortSignal
}

export class SharedLive implements LiveNews {
  private own: Wanted
  private others: Wanted
  private lines: string[] = []
  private bytes = 0
  private leftOut = 0
  private timer: NodeJS.Timeout | undefined
  private lookTimer: NodeJS.Timeout | undefined
  private tellWanted: (isWanted: boolean) => void = () => {}
  private tellNews: (functionId: string, executionId: string) => void = () => {}
  private tellLeftOut: (count: number) => void = () => {}
  private readonly look: () => void
  private readonly announce: () => void

  constructor(private readonly parts: Parts) {
    this.look = createRefreshing(() => this.readViewers(), parts.stopping)
    this.announce = createRefreshing(() => this.writeViewer(), parts.stopping)
    parts.changes.onTopic(TOPIC, this.look)
  }

  /** Somebody may look already. */
  start(): void {
    this.look()
  }

  watch(functions: Wanted): void {
    const isSame = toText(functions) === toText(this.own)
    this.own = functions
    if (!isSame) this.announce()
  }

  onWanted(listener: (isWanted: boolean) => void): void {
    this.tellWanted = listener
    listener(this.others !== undefined)
  }

  onNews(
    listener: (functionId: string, executionId: string) => void,
    onLeftOut: (count: number) => void
  ): void {
    this.tellNews = listener
    this.tellLeftOut = onLeftOut
  }

  publish(functionId: string, executionId: string): void {
    const { others } = this
    if (others === undefined || (others !== 'all' && !others.has(functionId))) return
    const line = `${functionId} ${executionId}`
    const bytes = Buffer.byteLength(line) + 1
    if (this.bytes + bytes > MAX_BYTES) {
      this.leftOut++
      return
    }
    this.lines.push(line)
    this.bytes += bytes
    this.timer ??= setTimeout(() => {
      this.send()
    }, GATHER_MS).unref()
  }

  async close(): Promise<void> {
    clearTimeout(this.timer)
    clearInterval(this.lookTimer)
    if (this.own === undefined) return
    const { db, node } = this.parts
    await db.change([], 'delete from viewers where node = $1', node()).catch(() => {})
  }

  private send(): void {
    const { db, node } = this.parts
    const message = [`${node()} ${this.leftOut}`, ...this.lines].join('\n')
    this.timer = undefined
    this.lines = []
    this.bytes = 0
    this.leftOut = 0
    // Who looks live has missed some, and sees them in the list.
    db.all([], 'select pg_notify($1, $2)', LIVE_CHANNEL, message).catch(() => {})
  }

  private receive(message: string): void {
    const [head = '', ...lines] = message.split('\n')
    const [node, leftOut] = head.split(' ').map(Number)
    if (node === this.parts.node()) return
    for (const line of lines) {
      const [functionId = '', executionId = ''] = line.split(' ')
      this.tellNews(functionId, executionId)
    }
    if (leftOut !== undefined && leftOut > 0) this.tellLeftOut(leftOut)
  }

  /** First it hears, then it says so. */
  private async writeViewer(): Promise<void> {
    const { db, node, listener } = this.parts
    const { own } = this
    await listener.hear(
      own && {
        onMessage: message => {
          this.receive(message)
        },
        // The database may have been down, and have forgotten who looks.
        onOpen: this.announce
      }
    )
    await db.write([], batch => {
      if (own === undefined) batch.add('delete from viewers where node = $1', node())
      else {
        batch.add(
          `insert into viewers (node, functions) values ($1, $2)
           on conflict (node) do update set functions = excluded.functions`,
          node(),
          toText(own) ?? null
        )
      }
      batch.add(...noteTopic(TOPIC, node))
      return () => {}
    })
  }

  private async readViewers(): Promise<void> {
    const { db, node } = this.parts
    const rows = await db.all<{ functions: string | null }>(
      [],
      'select functions from viewers where node <> $1 and node_lives(node)',
      node()
    )
    this.others = unite(rows.map(({ functions }) => functions))
    clearInterval(this.lookTimer)
    if (this.others !== undefined) this.lookTimer = setInterval(this.look, LOOK_MS).unref()
    this.tellWanted(this.others !== undefined)
  }
}

/** undefined: nobody looks; null: at all. */
const toText = (wanted: Wanted): string | null | undefined =>
  wanted === undefined ? undefined : wanted === 'all' ? null : JSON.stringify([...wanted].sort())

function unite(lists: ReadonlyArray<string | null>): Wanted {
  if (lists.length === 0) return undefined
  if (lists.includes(null)) return 'all'
  return new Set(lists.flatMap(list => JSON.parse(list ?? '[]') as string[]))
}
