/** The place of a deferred call in the queue, kept while its invocation is made. */
import type { Reservation } from '../../core/contracts/invocation.js'
import type { DeferredCall } from '../../core/contracts/scheduler.js'

export class QueueReservation implements Reservation {
  readonly madeAt = performance.now()
  readonly waitedMs: number

  constructor(
    call: DeferredCall,
    private readonly onRelease: (reservation: QueueReservation) => boolean
  ) {
    this.waitedMs = this.madeAt - call.queuedAt
  }

  release(): boolean {
    return this.onRelease(this)
  }
}
