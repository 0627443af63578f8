/**
 * Alerts where several servers share their data: the one that leads watches, for all of them, and tells. The others
 * send it what happens there, gathered, through the database; rules and states are those of the database on each.
 */
import type { Clock } from '../../core/cron/clock.js'
import type { SharedWork } from '../../core/contracts/shared-work.js'
import type { AlertBook } from './alert-book.js'
import { applyNotice, type AlertNotice } from './notices.js'

/** What happens within this time goes together. */
const GATHER_MS = 250
/** Of more than these in that time the rest is not counted. */
const MAX_GATHERED = 500
const LOOK_MS = 1000
const READ_AT_ONCE = 1000

export interface AlertServersOptions {
  readonly shared: Pick<SharedWork, 'leads' | 'alertNotices' | 'onChange'>
  readonly book: AlertBook
  readonly clock: Clock
  /** This server watches from now on: there may be messages to deliver. */
  readonly onLead: () => void
  readonly onError: (error: unknown) => void
}

export class AlertServers {
  /** Whether this one watches. */
  isLeading = false
  private gathered: AlertNotice[] = []
  private cancelSending: (() => void) | undefined
  private cancelLook = (): void => {}
  private looking: Promise<void> | undefined
  private isStopped = false

  constructor(private readonly options: AlertServersOptions) {
    const { shared, book } = options
    shared.onChange('alerts', () => book.reload(this.isLeading))
  }

  readonly send = (notice: AlertNotice): void => {
    if (this.isLeading) return applyNotice(this.options.book, notice)
    if (this.gathered.length >= MAX_GATHERED) return
    this.gathered.push(notice)
    this.cancelSending ??= this.options.clock.after(GATHER_MS, () => {
      void this.post()
    })
  }

  start(): void {
    if (this.isStopped) return
    this.looking = this.look()
      .catch(this.options.onError)
      .finally(() => {
        this.looking = undefined
        this.cancelLook = this.options.clock.after(LOOK_MS, () => {
          this.start()
        })
        if (this.isStopped) this.cancelLook()
      })
  }

  async stop(): Promise<void> {
    this.isStopped = true
    this.cancelLook()
    await this.looking
    this.cancelSending?.()
    await this.post()
  }

  private async post(): Promise<void> {
    const notices = this.gathered
    this.gathered = []
    this.cancelSending = undefined
    if (notices.length === 0) return
    await this.options.shared.alertNotices.post(notices).catch(this.options.onError)
  }

  /** Without rules there is nothing to lead. */
  private async look(): Promise<void> {
    const { shared, book, onLead } = this.options
    const leads = book.list().length > 0 && (await shared.leads())
    if (leads && !this.isLeading) {
      await book.reload(false)
      this.isLeading = true
      onLead()
    }
    this.isLeading = leads
    if (leads) await this.takeNotices()
  }

  /** They stay until what came of them is stored: who leads next does not miss any. */
  private async takeNotices(): Promise<void> {
    const { shared, book } = this.options
    const found = await shared.alertNotices.read(READ_AT_ONCE)
    const last = found.at(-1)
    if (last === undefined) return
    for (const { notice } of found) applyNotice(book, notice as AlertNotice)
    await book.settle()
    await shared.alertNotices.remove(last.seq)
  }
}
