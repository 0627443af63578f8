/** What a call to a function is admitted with: it tells who waits, and which place in the queue the call has kept. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpCaller } from '../../../core/connections/caller.js'
import type { MoonletError } from '../../../core/base/errors.js'
import type { AdmittedCaller } from '../../../core/contracts/front-door.js'
import type { RanExecution, Reservation } from '../../../core/contracts/invocation.js'
import type { DeferredCall } from '../../../core/contracts/scheduler.js'

const ticketKey = Symbol('ticket')

interface TicketedRequest extends IncomingMessage {
  [ticketKey]?: Ticket
}

export interface TicketListener {
  /** A call that was deferred goes on. */
  readonly onAdmitted: (ticket: Ticket) => void
  readonly onRejected: (ticket: Ticket, error: MoonletError) => void
}

export class Ticket extends HttpCaller {
  reservation: Reservation | undefined
  identity: AdmittedCaller | undefined
  /** What has run for a call that was rejected all the same. */
  ran: RanExecution | undefined
  private stopWatching: (() => void) | undefined

  constructor(
    readonly request: TicketedRequest,
    readonly response: ServerResponse
  ) {
    super(request, response)
  }

  /** That of a request which was admitted. Most calls never wait, and get theirs only when they are invoked. */
  static of(request: TicketedRequest, response: ServerResponse): Ticket {
    return request[ticketKey] ?? new Ticket(request, response)
  }

  /** The call as it waits in the queue, before anything is made of it. */
  toDeferred(listener: TicketListener): DeferredCall {
    this.request[ticketKey] = this
    return {
      queuedAt: performance.now(),
      onGone: onGone => {
        this.stopWatching = this.onGone(onGone)
      },
      admit: reservation => {
        this.stopWatching?.()
        this.keep(reservation)
        listener.onAdmitted(this)
      },
      reject: error => {
        this.stopWatching?.()
        listener.onRejected(this, error)
      }
    }
  }

  onRejected(ran: RanExecution): void {
    this.ran = ran
  }

  /** The place is given up with the response, whatever that is, and also when the caller has left. */
  private keep(reservation: Reservation): void {
    this.reservation = reservation
    this.response.once('close', () => {
      reservation.release()
    })
  }
}
