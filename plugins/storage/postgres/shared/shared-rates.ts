/**
 * Rate limits that hold over all servers. The calls of a window are counted in one row; a server takes as many as wait
 * for an answer, and while it gets many, some for those to come, so that most calls need no round trip. What it does
 * not use within a moment it gives back. So never more calls are let in than the limit says; fewer only while calls
 * move from one server to another, and then by a 16th of what was left at most.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { RateLimit } from '../../../../core/contracts/front-door.js'
import {
  MAX_COUNTED_CALLERS,
  type RateCounter,
  type RateLimitState,
  type RateLimitUse
} from '../../../../core/contracts/shared-work.js'
import type { Database } from '../db/database.js'
import { blobs, integers } from '../db/values.js'
import type { Flights, Question } from './flights.js'
import { Gathering } from './gathering.js'

/** Callers that this server remembers; what it holds of one that is forgotten is given back. */
const MAX_WINDOWS = 20_000
/** Of a key the first bytes are those of all callers of a function under the same limit, the others of one caller. */
const GROUP_BYTES = 8
const CALLER_BYTES = 16
/** What was not used for so long is given back. */
const IDLE_MS = 500
/** So soon after one another requests are many: the next one asks for more than is needed. */
const BUSY_MS = 1000
const MAX_AHEAD = 4096
/** When nothing was left, the next look: another server may have given some back. */
const LOOK_AGAIN_MS = 1000

interface Waiting {
  readonly resolve: (state: RateLimitState) => void
  readonly reject: (error: unknown) => void
}

/** What this server knows of the window of one caller. Times are those of `performance.now()`. */
class Window {
  /** Calls that it may let in. */
  permits = 0
  /** Those that are left in the database, as far as is known. */
  free = 0
  /** Until then. */
  until = -Infinity
  /** Until then none are left. */
  closedUntil = -Infinity
  /** How the database tells it from others. */
  ends = 0
  ahead = 0
  askedAt = -Infinity
  usedAt = -Infinity
  waiting: Waiting[] = []

  constructor(
    readonly key: Buffer,
    readonly limit: RateLimit
  ) {}

  isOf(group: Buffer): boolean {
    return group.equals(this.key.subarray(0, GROUP_BYTES))
  }
}

interface Granted {
  readonly n: number
  readonly granted: number
  readonly free: number
  readonly ends: number
  readonly rest: number
}

const takeSql =
  'select * from take_permits($1::bytea[], $2::int8[], $3::int8[], $4::int8[], $5::int8[])'
/** By the index of keys, so many of them at most. */
const useSql = `
with open as (select taken, ends_at - now_ms() as rest from rate_windows
  where key >= $1::bytea and key < $2::bytea and ends_at > now_ms() limit ${MAX_COUNTED_CALLERS})
select (select count(*) from open) as callers, taken as used, rest from open order by taken desc, rest desc limit 1`
const returnSql = 'select return_permits($1::bytea[], $2::int8[], $3::int8[])'

export class SharedRates implements RateCounter {
  private readonly windows = new LRUCache<string, Window>({
    max: MAX_WINDOWS,
    dispose: window => {
      void this.giveBack([window])
    }
  })
  /** Those that have permits. */
  private readonly stocked = new Set<Window>()
  private readonly asked = new Gathering<Window>()
  private readonly fly: () => void
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly db: Database,
    flights: Flights
  ) {
    this.fly = flights.add(() => this.compose(this.asked.take()))
  }

  async count(functionId: string, limit: RateLimit, caller: string): Promise<RateLimitState> {
    const window = this.find(functionId, limit, caller)
    const now = performance.now()
    if (window.until > now) {
      if (window.permits > 0) return this.spend(window, now)
      if (window.closedUntil > now) return exceeded(window, now)
    }
    return new Promise((resolve, reject) => {
      window.waiting.push({ resolve, reject })
      this.ask(window)
    })
  }

  /** What this server holds of it is given back before, so that only what others hold counts as used. */
  async use(functionId: string, limit: RateLimit): Promise<RateLimitUse> {
    const group = hashGroup(functionId, limit)
    await this.giveBack([...this.stocked].filter(window => window.isOf(group)))
    const [row] = await this.db.all<{ callers: number; used: number; rest: number }>(
      [],
      useSql,
      group,
      Buffer.concat([group, Buffer.alloc(CALLER_BYTES + 1, 0xff)])
    )
    return {
      used: Math.min(limit.requests, row?.used ?? 0),
      callers: row?.callers ?? 0,
      resetMs: row?.rest
    }
  }

  /** Gives back all that was not used. */
  async close(): Promise<void> {
    clearInterval(this.timer)
    await this.giveBack([...this.stocked])
  }

  /** Another limit is another window. */
  private find(functionId: string, limit: RateLimit, caller: string): Window {
    const name = `${groupName(functionId, limit)} ${caller}`
    const known = this.windows.get(name)
    if (known !== undefined) return known
    const ofCaller = hash(name).subarray(0, CALLER_BYTES)
    const window = new Window(Buffer.concat([hashGroup(functionId, limit), ofCaller]), limit)
    this.windows.set(name, window)
    return window
  }

  private spend(window: Window, now: number): RateLimitState {
    window.permits--
    window.usedAt = now
    const { free, permits, until } = window
    return { isExceeded: false, remaining: free + permits, resetMs: Math.max(0, until - now) }
  }

  private ask(window: Window): void {
    this.asked.add(window)
    this.fly()
  }

  private compose(all: readonly Window[]): Question | undefined {
    if (all.length === 0) return undefined
    const sentAt = performance.now()
    const served = all.map(window => window.waiting.splice(0))
    for (const window of all) {
      const isBusy = sentAt - window.askedAt < BUSY_MS
      window.ahead = isBusy ? Math.min(MAX_AHEAD, Math.max(1, window.ahead * 2)) : 0
      window.askedAt = sentAt
    }
    const askAgain = (): void => {
      for (const window of all) if (window.waiting.length > 0) this.ask(window)
    }
    const values = [
      blobs(all.map(({ key }) => key)),
      integers(all.map(({ limit }) => limit.requests)),
      integers(all.map(({ limit }) => limit.seconds * 1000)),
      integers(served.map(({ length }) => length)),
      integers(all.map(({ ahead }) => ahead))
    ]
    return {
      statement: { sql: takeSql, values },
      answered: rows => {
        for (const row of rows as unknown as Granted[]) {
          const window = all[row.n - 1]
          if (window === undefined) continue
          this.stock(window, row, sentAt)
          this.serve(window, served[row.n - 1] ?? [])
        }
        askAgain()
      },
      failed: error => {
        for (const { reject } of served.flat()) reject(error)
        askAgain()
      }
    }
  }

  /** The window ends no later here than in the database, since it was asked before that looked at its clock. */
  private stock(window: Window, { granted, free, ends, rest }: Granted, sentAt: number): void {
    if (ends !== window.ends) window.permits = 0
    window.ends = ends
    window.until = sentAt + rest
    window.permits += granted
    window.free = free
  }

  private serve(window: Window, served: readonly Waiting[]): void {
    const now = performance.now()
    for (const { resolve } of served) {
      resolve(window.permits > 0 ? this.spend(window, now) : exceeded(window, now))
    }
    if (window.permits > 0) this.watch(window)
    else if (window.free === 0) {
      window.closedUntil = Math.min(window.until, now + LOOK_AGAIN_MS)
    }
  }

  private watch(window: Window): void {
    this.stocked.add(window)
    this.timer ??= setInterval(() => {
      const now = performance.now()
      const unused = [...this.stocked].filter(
        ({ usedAt, until, permits }) => permits === 0 || until <= now || now - usedAt > IDLE_MS
      )
      void this.giveBack(unused)
      if (this.stocked.size > 0) return
      clearInterval(this.timer)
      this.timer = undefined
    }, IDLE_MS).unref()
  }

  /** What gets lost on the way is not let in by anybody, until its window ends. */
  private async giveBack(windows: readonly Window[]): Promise<void> {
    const now = performance.now()
    const unused: Array<{ key: Buffer; ends: number; permits: number }> = []
    for (const window of windows) {
      this.stocked.delete(window)
      const { key, ends, permits, until } = window
      if (permits > 0 && until > now) unused.push({ key, ends, permits })
      window.permits = 0
      window.ahead = 0
    }
    if (unused.length === 0) return
    await this.db
      .all(
        [],
        returnSql,
        blobs(unused.map(({ key }) => key)),
        integers(unused.map(({ ends }) => ends)),
        integers(unused.map(({ permits }) => permits))
      )
      .catch(() => {})
  }
}

const hash = (text: string): Buffer => createHash('sha256').update(text).digest()

const groupName = (functionId: string, { requests, seconds, by }: RateLimit): string =>
  `${functionId} ${requests} ${seconds} ${by}`

const hashGroup = (functionId: string, limit: RateLimit): Buffer =>
  hash(groupName(functionId, limit)).subarray(0, GROUP_BYTES)

const exceeded = ({ until }: Window, now: number): RateLimitState => ({
  isExceeded: true,
  remaining: 0,
  resetMs: Math.max(0, until - now)
})
