/** Who may wait: the scheduler's queue, as triggers see it before they make anything of a call. */
import type { MoonletError } from '../../core/base/errors.js'
import type { Admission, DeferredCall } from '../../core/contracts/scheduler.js'
import { callerGone, queueFull, serverStopping } from './admission-errors.js'
import type { SchedulerState } from './state.js'

export class QueueAdmission implements Admission {
  /** Made once: under overload there are thousands a second. */
  readonly queueFull: MoonletError

  constructor(
    private readonly state: SchedulerState,
    queueLimit: number
  ) {
    this.queueFull = queueFull(queueLimit)
  }

  rejection(functionId: string): MoonletError | undefined {
    const { queue } = this.state
    return queue.has(functionId) && queue.isFullFor(functionId) ? this.queueFull : undefined
  }

  isBacklogged(functionId: string): boolean {
    return this.state.queue.isBacklogged(functionId)
  }

  enqueueDeferred(functionId: string, call: DeferredCall): void {
    const { queue, isStopping } = this.state
    if (isStopping) return call.reject(serverStopping())
    const displaced = queue.pushDeferred(functionId, call)
    if (displaced !== call) {
      call.onGone(() => {
        if (queue.remove(functionId, call)) call.reject(callerGone)
      })
    }
    displaced?.reject(this.queueFull)
  }

  admitAll(): void {
    this.state.queue.admitDeferred(true)
  }
}
