/**
 * Messages on their way: those of one alert in their order, of several alerts side by side. What cannot be delivered is
 * tried again, later and later, for some two hours; then it is given up, and the alert says so.
 */
import type { AlertMessage, AlertStore, StoredMessage } from '../../core/contracts/alerts.js'
import type { Clock } from '../../core/cron/clock.js'

const FIRST_DELAY_MS = 10_000
const FACTOR = 3
const MAX_DELAY_MS = 3_600_000
const MAX_ATTEMPTS = 8
/** Of one alert; of more the oldest are given up. */
const MAX_WAITING = 20

/** What came of an attempt. */
export interface Delivery {
  readonly alertId: string
  /** undefined: it was delivered. */
  readonly error: string | undefined
  /** The job that delivers it, where the target is a function. */
  readonly jobId: string | undefined
}

export interface OutboxOptions {
  readonly store: Pick<AlertStore, 'messages' | 'postpone' | 'removeMessage'>
  readonly clock: Clock
  /** Resolves with the id of a job, if one delivers it. Rejects with an Error in words for people. */
  readonly deliver: (alertId: string, message: AlertMessage) => Promise<string | undefined>
  readonly onAttempt: (delivery: Delivery) => void
  readonly onError: (error: unknown) => void
  /** Of servers that share their data one delivers. */
  readonly isOurs?: () => boolean
}

export class Outbox {
  private readonly busy = new Map<string, Promise<void>>()
  /** Delivered, but still stored, since that could not be changed. */
  private readonly delivered = new Set<number>()
  private cancelTimer: (() => void) | undefined
  private looking: Promise<void> | undefined
  private lookAgain = false
  private isStopped = false

  constructor(private readonly options: OutboxOptions) {}

  /** Looks for what is due. To be called when a message was stored. */
  wake(): void {
    if (this.isStopped) return
    if (this.looking !== undefined) {
      this.lookAgain = true
      return
    }
    this.looking = this.look()
      .catch(this.options.onError)
      .finally(() => {
        this.looking = undefined
        if (!this.lookAgain) return
        this.lookAgain = false
        this.wake()
      })
  }

  /** Settles when no attempt is going on. */
  async stop(): Promise<void> {
    this.isStopped = true
    this.cancelTimer?.()
    await this.looking
    await Promise.all(this.busy.values())
  }

  private async look(): Promise<void> {
    const { store, clock, isOurs } = this.options
    this.cancelTimer?.()
    if (isOurs?.() === false) return
    const waiting = new Map<string, StoredMessage[]>()
    for (const message of await store.messages()) {
      const list = waiting.get(message.alertId) ?? []
      waiting.set(message.alertId, [...list, message])
    }
    let next = Infinity
    for (const [alertId, messages] of waiting) {
      if (this.busy.has(alertId)) continue
      for (const { seq } of messages.splice(0, messages.length - MAX_WAITING)) {
        await store.removeMessage(seq)
      }
      const [first] = messages
      if (first === undefined) continue
      const dueIn = Math.min(first.dueAt - clock.now(), MAX_DELAY_MS)
      if (dueIn <= 0) this.begin(first)
      else next = Math.min(next, dueIn)
    }
    if (next < Infinity && !this.isStopped) {
      this.cancelTimer = clock.after(next, () => {
        this.wake()
      })
    }
  }

  private begin(stored: StoredMessage): void {
    if (this.isStopped) return
    const { onError, clock } = this.options
    const attempt = this.attempt(stored)
      .then(
        () => 0,
        (error: unknown) => {
          onError(error)
          return FIRST_DELAY_MS
        }
      )
      .then(pause => {
        this.busy.delete(stored.alertId)
        if (pause === 0) this.wake()
        else if (!this.isStopped) {
          clock.after(pause, () => {
            this.wake()
          })
        }
      })
    this.busy.set(stored.alertId, attempt)
  }

  private async attempt({ seq, alertId, message, attempts }: StoredMessage): Promise<void> {
    const { store, clock, deliver, onAttempt } = this.options
    if (!this.delivered.has(seq)) {
      try {
        const jobId = await deliver(alertId, message)
        this.delivered.add(seq)
        onAttempt({ alertId, error: undefined, jobId })
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'it failed'
        const made = attempts + 1
        if (made < MAX_ATTEMPTS) {
          onAttempt({ alertId, error: reason, jobId: undefined })
          return await store.postpone(seq, made, clock.now() + delayAfter(made))
        }
        const given = `${reason}; given up after ${MAX_ATTEMPTS} attempts`
        onAttempt({ alertId, error: given, jobId: undefined })
      }
    }
    await store.removeMessage(seq)
    this.delivered.delete(seq)
  }
}

const delayAfter = (attempts: number): number =>
  Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * FACTOR ** (attempts - 1))
