/**
 * The clock of the database, as well as it is known here: read every few seconds, and counted on from there, whatever
 * the clock of this machine is set to.
 */
import type { Database } from '../db/database.js'

const READ_MS = 5_000

export class SharedClock {
  /** When `performance.now()` was 0. */
  private origin = Date.now() - performance.now()
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly db: Database) {}

  readonly now = (): number => Math.floor(this.origin + performance.now())

  /** Resolves when it is known. */
  async start(): Promise<void> {
    await this.read()
    this.timer = setInterval(() => {
      // While the database is away it goes on as before.
      this.read().catch(() => {})
    }, READ_MS).unref()
  }

  close(): void {
    clearInterval(this.timer)
  }

  /** Wrong by half of what the answer took at most. */
  private async read(): Promise<void> {
    const askedAt = performance.now()
    const row = await this.db.get<{ now: number }>([], 'select now_ms() as now')
    if (row !== undefined) this.origin = row.now - (askedAt + performance.now()) / 2
  }
}
