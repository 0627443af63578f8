/**
 * How far the writes of this server have come. Each transaction of the lane moves a number on; after a connection broke
 * the number says what is in the database: all up to it, and nothing behind it.
 */
import type { Connection } from './connection.js'
import type { Statement } from './statement.js'
import { codeOf } from './error-text.js'
import { isAway, unavailable } from './failure.js'

/** Raised by lane_step. */
const NOT_THERE = 'ML001'

/** Transactions that were committed, and that the database has lost: behind `after`, up to `last`. */
interface Loss {
  readonly after: number
  readonly last: number
}

export class LaneNumber {
  /** Of the newest transaction that is known to be committed. */
  private at = 0
  /** Of the newest that was sent; no number is used twice. */
  private sent = 0
  private fence = 0
  private isSure = false
  /** How often a connection was lost, and with it what was known of the last transaction. */
  connectionsLost = 0
  private readonly losses: Loss[] = []

  constructor(private readonly node: () => number) {}

  /** Of the transaction that was made last. */
  get current(): number {
    return this.sent
  }

  /**
   * What a transaction begins with; it fails where the lane is not at the number that it should be at. Nothing before
   * this server has its number among the others.
   */
  step(): Statement[] {
    const node = this.node()
    if (node === 0) return []
    const next = ++this.sent
    const values = [node, this.fence, this.at, next]
    return [{ sql: 'select lane_step($1, $2, $3, $4)', values }]
  }

  noteCommitted(): void {
    this.at = this.sent
  }

  /** What the database has is not known until `resume`. */
  noteBroken(): void {
    this.isSure = false
    this.connectionsLost++
  }

  /** Whether that is what the error says: the database has been restarted or replaced, and has lost something. */
  isOff(error: unknown): boolean {
    return codeOf(error) === NOT_THERE
  }

  /**
   * To be called before a transaction, on its connection. After that nothing that was sent earlier can be committed.
   * Gives whether the last one was.
   */
  async resume(connection: Connection): Promise<boolean> {
    const node = this.node()
    if (this.isSure || node === 0) return false
    const { at, sent } = this
    const n = await this.moveFence(connection, node)
    if (n < at) this.losses.push({ after: n, last: at })
    this.at = n
    this.isSure = true
    return n === sent
  }

  private async moveFence(connection: Connection, node: number): Promise<number> {
    try {
      const [result] = await connection.run([
        { sql: 'select lane_resume($1, $2) as n', values: [node, ++this.fence] }
      ])
      return Number(result?.rows[0]?.['n'])
    } catch (error) {
      // Also when it took too long: what was sent before may still be under way.
      if (isAway(error)) throw unavailable('it does not say what it has', error)
      throw error
    }
  }

  /** Whether what was committed with that number is in the database no more. */
  isLost(number: number): boolean {
    return this.losses.some(({ after, last }) => number > after && number <= last)
  }
}
