/** The rules of this server in memory, with what they see and what they tell. */
import type {
  AlertKind,
  AlertMessage,
  AlertRecord,
  AlertRule,
  AlertState,
  AlertStore
} from '../../core/contracts/alerts.js'
import { MoonletError } from '../../core/base/errors.js'
import type { Clock } from '../../core/cron/clock.js'
import type { Delivery } from './outbox.js'
import { RuleWatch, type Change, type Telling, type Trouble } from './rule-watch.js'

const MAX_ALERTS = 200

export interface AlertBookOptions {
  readonly store: AlertStore
  readonly clock: Pick<Clock, 'now'>
  readonly nextId: () => string
  readonly compose: (watch: RuleWatch, telling: Telling) => Promise<AlertMessage>
  /** A message was stored. */
  readonly onMessage: () => void
  /** A message that could not be stored. */
  readonly onUnstored: (watch: RuleWatch, message: AlertMessage) => void
  readonly onError: (error: unknown) => void
}

/** Of a rule that has seen nothing. */
export const calmState: AlertState = {
  isFiring: false,
  since: 0,
  count: 0,
  isTold: false,
  toldAt: 0,
  deliveredAt: undefined,
  error: undefined,
  jobId: undefined
}

export class AlertBook {
  private readonly watches = new Map<string, RuleWatch>()
  private byKind = new Map<AlertKind, readonly RuleWatch[]>()
  /** What is being stored of each, so that states are stored in their order. */
  private readonly storing = new Map<string, Promise<void>>()
  /** Changes of rules by this server. */
  private changes = 0

  constructor(private readonly options: AlertBookOptions) {}

  async open(): Promise<void> {
    for (const record of await this.options.store.list()) this.keep(record)
    this.index()
  }

  /**
   * Another server has changed rules or states. `keepsOwn`: states are those of this server, which watches.
   */
  async reload(keepsOwn: boolean): Promise<void> {
    const { changes } = this
    await this.settle()
    const records = await this.options.store.list()
    // One that is changed here meanwhile may be missing, or still there.
    if (changes !== this.changes) return this.reload(keepsOwn)
    const known = new Map(this.watches)
    this.watches.clear()
    for (const record of records) {
      const own = known.get(record.id)
      if (keepsOwn && own !== undefined && isSameRule(own.rule, record.rule)) {
        this.watches.set(record.id, own)
      } else this.keep(record)
    }
    this.index()
  }

  list(): readonly RuleWatch[] {
    return [...this.watches.values()]
  }

  find(id: string): RuleWatch | undefined {
    return this.watches.get(id)
  }

  /** Enabled rules of the kind. Costs nothing where there are none. */
  of(kind: AlertKind): readonly RuleWatch[] {
    return this.byKind.get(kind) ?? []
  }

  /** Rejects with CONFLICT when there are too many. */
  async create(rule: AlertRule): Promise<RuleWatch> {
    const { store, clock, nextId } = this.options
    if (this.watches.size >= MAX_ALERTS) {
      throw new MoonletError('CONFLICT', `There are ${MAX_ALERTS} alerts, which is the most`)
    }
    const now = clock.now()
    const record = { id: nextId(), rule, state: calmState, createdAt: now, updatedAt: now }
    await store.create(record)
    this.changes++
    const watch = this.keep(record)
    this.index()
    return watch
  }

  /** What it was firing about begins anew, where that is another matter now. */
  async update(watch: RuleWatch, rule: AlertRule): Promise<RuleWatch | undefined> {
    const { store, clock } = this.options
    const { createdAt, id } = watch
    const stateOf = ({ state }: RuleWatch): AlertState =>
      watchesTheSame(watch.rule, rule) ? state : { ...calmState, deliveredAt: state.deliveredAt }
    await this.storing.get(id)
    const record = { id, rule, state: stateOf(watch), createdAt, updatedAt: clock.now() }
    const wasThere = await store.update(record)
    this.changes++
    if (!wasThere) return undefined
    // Meanwhile the rule has gone on watching as it was, and states of that may be stored after the change.
    const changed = this.keep({ ...record, state: stateOf(watch) })
    this.index()
    this.save(changed, () => store.saveState(id, changed.state))
    return changed
  }

  async remove(id: string): Promise<boolean> {
    if (!this.forget(id)) return false
    const wasThere = await this.options.store.remove(id)
    this.changes++
    // It may have been read again meanwhile.
    this.forget(id)
    return wasThere
  }

  /** Something happened that rules of this kind count. */
  note(kind: AlertKind, trouble: Trouble): void {
    const rules = this.of(kind)
    if (rules.length === 0) return
    const now = this.options.clock.now()
    for (const watch of rules) {
      if (!concerns(watch.rule, trouble)) continue
      this.apply(watch, watch.note(now, trouble))
    }
  }

  measure(watch: RuleWatch, trouble: Trouble | undefined): void {
    this.apply(watch, watch.measure(this.options.clock.now(), trouble))
  }

  tick(): void {
    const now = this.options.clock.now()
    for (const watches of this.byKind.values()) {
      for (const watch of watches) this.apply(watch, watch.tick(now))
    }
  }

  noteDelivery({ alertId, error, jobId }: Delivery): void {
    const watch = this.watches.get(alertId)
    if (watch === undefined) return
    // A function has it delivered once its job has succeeded.
    const isDelivered = error === undefined && jobId === undefined
    const state = watch.noteDelivery({
      error,
      ...(jobId === undefined ? {} : { jobId }),
      ...(isDelivered ? { deliveredAt: this.options.clock.now() } : {})
    })
    this.save(watch, async () => {
      await this.options.store.saveState(watch.id, state)
    })
  }

  /** Settles when all that happened so far is stored. */
  async settle(): Promise<void> {
    await Promise.all(this.storing.values())
  }

  private keep(record: AlertRecord): RuleWatch {
    const watch = new RuleWatch(record, this.options.clock.now())
    this.watches.set(record.id, watch)
    return watch
  }

  private forget(id: string): boolean {
    const isKnown = this.watches.delete(id)
    if (isKnown) this.index()
    return isKnown
  }

  private index(): void {
    this.byKind = new Map()
    for (const watch of this.watches.values()) {
      const { enabled, on } = watch.rule
      if (enabled) this.byKind.set(on, [...this.of(on), watch])
    }
  }

  private apply(watch: RuleWatch, change: Change | undefined): void {
    if (change === undefined) return
    const { state, telling } = change
    this.save(watch, async () => {
      const { store, compose, onMessage, onUnstored } = this.options
      const message = telling && (await compose(watch, telling))
      try {
        await store.saveState(watch.id, state, message)
      } catch (error) {
        // Of a full disk of all things somebody is to be told.
        if (message !== undefined) onUnstored(watch, message)
        throw error
      }
      if (message !== undefined) onMessage()
    })
  }

  private save(watch: RuleWatch, work: () => Promise<void>): void {
    const { id } = watch
    const saved = (this.storing.get(id) ?? Promise.resolve())
      .then(work)
      .catch(this.options.onError)
      .finally(() => {
        if (this.storing.get(id) === saved) this.storing.delete(id)
      })
    this.storing.set(id, saved)
  }
}

/** What a function makes of an alert is no reason for another one to it. */
function concerns({ functionId, target }: AlertRule, trouble: Trouble): boolean {
  if (functionId !== undefined && functionId !== trouble.functionId) return false
  const isOwn = target.kind === 'function' && target.functionId === trouble.functionId
  return !(isOwn && trouble.isOfAlert === true)
}

const watchesTheSame = (a: AlertRule, b: AlertRule): boolean =>
  a.on === b.on &&
  a.functionId === b.functionId &&
  a.enabled === b.enabled &&
  a.threshold === b.threshold &&
  a.windowMinutes === b.windowMinutes

const isSameRule = (a: AlertRule, b: AlertRule): boolean => JSON.stringify(a) === JSON.stringify(b)
