/**
 * Signed deliveries that were handled, for all servers: one id runs once, whoever gets it. What was begun and could not
 * be ended while the database was away is ended later; what a server ran that is gone counts as not handled.
 */
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { DeliveryState, DeliveryStore } from '../../../../core/contracts/shared-work.js'
import type { Database } from '../db/database.js'

/** Providers deliver again for up to three days, but at growing intervals; most of it is in the first one. */
export const KEPT_MS = 24 * 3600 * 1000
const TRY_AGAIN_MS = 1000
/** One that has just ended elsewhere is written behind its answer: who asks meanwhile waits a moment for that. */
const PATIENCE_MS = 200
const ASK_AGAIN_MS = 25
const states: readonly DeliveryState[] = ['new', 'running', 'succeeded']

export class SharedDeliveries implements DeliveryStore {
  /** Of this server. */
  private readonly running = new Set<string>()
  private isClosed = false

  constructor(
    private readonly db: Database,
    private readonly node: () => number
  ) {}

  async begin(functionId: string, id: string): Promise<DeliveryState> {
    const name = nameOf(functionId, id)
    for (const until = performance.now() + PATIENCE_MS; ; await pause(ASK_AGAIN_MS)) {
      const state = this.running.has(name) ? 'running' : await this.ask(name)
      if (state !== 'running' || performance.now() >= until) return state
    }
  }

  /** Settles when the database has it, or the server ends. */
  async end(functionId: string, id: string, succeeded: boolean): Promise<void> {
    const name = nameOf(functionId, id)
    const sql = succeeded
      ? 'update deliveries set node = null, at = now_ms() where key = $1 and node = $2'
      : 'delete from deliveries where key = $1 and node = $2'
    while (!this.isClosed) {
      try {
        await this.db.change([], sql, hashOf(name), this.node())
        break
      } catch {
        await pause(TRY_AGAIN_MS, undefined, { ref: false })
      }
    }
    this.running.delete(name)
  }

  close(): void {
    this.isClosed = true
  }

  private async ask(name: string): Promise<DeliveryState> {
    const sql = 'select begin_delivery($1, $2, $3) as state'
    let state: DeliveryState = 'running'
    this.running.add(name)
    try {
      const row = await this.db.get<{ state: number }>([], sql, hashOf(name), this.node(), KEPT_MS)
      state = states[row?.state ?? 0] ?? 'new'
      return state
    } finally {
      if (state !== 'new') this.running.delete(name)
    }
  }
}

const nameOf = (functionId: string, id: string): string => `${functionId} ${id}`
const hashOf = (name: string): Buffer => createHash('sha256').update(name).digest()
