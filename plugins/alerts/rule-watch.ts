/**
 * One rule as it watches: when it begins to fire, when that is over, and what is told of it. It tells trouble once in
 * `repeatMinutes`, however often it happens, and what has recovered only where trouble was told. Times are Unix
 * milliseconds; the clock may be set meanwhile.
 */
import type { AlertRecord, AlertRule, AlertState } from '../../core/contracts/alerts.js'

const MINUTE = 60_000

/** What happened last, for the message. */
export interface Trouble {
  readonly functionId?: string | undefined
  readonly executionId?: string | undefined
  readonly jobId?: string | undefined
  /** It happened in a run that an alert had made. */
  readonly isOfAlert?: boolean | undefined
  /** Words that need no masking. */
  readonly detail?: string | undefined
}

export interface Telling {
  readonly status: 'firing' | 'ok'
  readonly count: number
  /** When that began which is told of. */
  readonly since: number
  readonly at: number
  readonly trouble: Trouble
}

/** A state that is to be stored, with what is to be told of it. */
export interface Change {
  readonly state: AlertState
  readonly telling: Telling | undefined
}

export class RuleWatch {
  readonly id: string
  readonly rule: AlertRule
  readonly createdAt: number
  readonly updatedAt: number
  private current: AlertState
  /** When the last events were, at most `threshold`. */
  private recent: number[] = []
  private trouble: Trouble = {}
  /** `count` when it last told of trouble. */
  private toldCount: number

  constructor({ id, rule, state, createdAt, updatedAt }: AlertRecord, now: number) {
    this.id = id
    this.rule = rule
    this.createdAt = createdAt
    this.updatedAt = updatedAt
    this.current = state
    this.toldCount = state.count
    // After a restart it goes on as if it had happened now.
    if (state.isFiring && this.countsEvents) this.recent = Array(rule.threshold).fill(now)
  }

  get state(): AlertState {
    return this.current
  }

  get record(): AlertRecord {
    const { id, rule, current: state, createdAt, updatedAt } = this
    return { id, rule, state, createdAt, updatedAt }
  }

  /** It counts events; the others are measured. */
  get countsEvents(): boolean {
    return this.rule.on !== 'schedule_late' && this.rule.on !== 'disk_low'
  }

  /** One more of the events that it counts. */
  note(now: number, trouble: Trouble): Change | undefined {
    const { recent, rule } = this
    this.trouble = trouble
    recent.push(now)
    if (recent.length > rule.threshold) recent.shift()
    if (!this.isReached(now)) return undefined
    return this.raise(now, this.current.isFiring ? 1 : recent.length)
  }

  /** What a measured rule found; undefined: nothing is wrong. */
  measure(now: number, trouble: Trouble | undefined): Change | undefined {
    if (trouble === undefined) return this.current.isFiring ? this.clear(now) : undefined
    this.trouble = trouble
    return this.raise(now, 1)
  }

  /** To be called again and again. */
  tick(now: number): Change | undefined {
    if (!this.current.isFiring || !this.countsEvents) return undefined
    // The clock was set back: what seems to be still to come has just been.
    this.recent = this.recent.map(time => Math.min(time, now))
    if (!this.isReached(now)) return this.clear(now)
    return this.tell(now)
  }

  noteDelivery(delivery: Partial<Pick<AlertState, 'deliveredAt' | 'error' | 'jobId'>>): AlertState {
    this.current = { ...this.current, ...delivery }
    return this.current
  }

  private isReached(now: number): boolean {
    const { threshold, windowMinutes } = this.rule
    const [first = 0] = this.recent
    return this.recent.length >= threshold && now - first <= windowMinutes * MINUTE
  }

  private raise(now: number, added: number): Change | undefined {
    const { current } = this
    if (current.isFiring) {
      this.current = { ...current, count: current.count + added }
      return this.tell(now)
    }
    this.toldCount = 0
    this.current = { ...current, isFiring: true, since: now, count: added }
    return this.tell(now) ?? { state: this.current, telling: undefined }
  }

  /** Of trouble, unless it is too early, or nothing is new. */
  private tell(now: number): Change | undefined {
    const { isTold, toldAt, count, since } = this.current
    const isEarly = toldAt > 0 && now - Math.min(toldAt, now) < this.rule.repeatMinutes * MINUTE
    if (isEarly || (isTold && count <= this.toldCount)) {
      // Set back to before that: it counts from now, or it would be silent for as long as the clock was wrong.
      if (toldAt <= now) return undefined
      this.current = { ...this.current, toldAt: now }
      return { state: this.current, telling: undefined }
    }
    this.toldCount = count
    this.current = { ...this.current, isTold: true, toldAt: now }
    return {
      state: this.current,
      telling: { status: 'firing', count, since, at: now, trouble: this.trouble }
    }
  }

  private clear(now: number): Change {
    const { isTold, count, since } = this.current
    this.recent = []
    this.current = { ...this.current, isFiring: false, since: now, isTold: false }
    return {
      state: this.current,
      telling: isTold ? { status: 'ok', count, since, at: now, trouble: this.trouble } : undefined
    }
  }
}
