/**
 * Admission of calls to functions, before anything is made of them: a call goes on, waits, or is answered with a
 * 503.
 *
 * Under overload there are more calls to reject than to serve, so a rejection must cost next to nothing: no
 * routing, no hooks, no body, and in the log one line a second for all of them. Reading and answering one takes
 * some 20 µs all the same, and whoever is answered calls again; so of many at a time only some are answered at
 * once, and the others a little later: the time that is left goes to the calls that are served.
 *
 * A call that will wait for long waits here too. It consists of a request and a response of Node's, and its body is
 * not read, so it holds nothing of the byte budget (core/connections/byte-budget.ts); the rest is made when its
 * turn is near. One whose caller hangs up leaves the queue at once.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import { sendPlainError } from '../../../core/connections/plain-response.js'
import type { MoonletError } from '../../../core/base/errors.js'
import type { Invoker } from '../../../core/contracts/invoker.js'
import type { Admission } from '../../../core/contracts/scheduler.js'
import { RejectionThrottle } from './rejection-throttle.js'
import { Ticket, type TicketListener } from './ticket.js'

const REPORT_MS = 1000
const TRIGGER = 'http'

export interface AdmissionOptions {
  readonly admission: Admission
  readonly invoker: Pick<Invoker, 'noteRejection'>
  readonly log: Pick<FastifyBaseLogger, 'warn'>
  readonly nextRequestId: () => string
  /** Serves an admitted call. */
  readonly serve: (request: IncomingMessage, response: ServerResponse) => void
}

export class AdmissionControl {
  private readonly throttle = new RejectionThrottle()
  private readonly deferred: TicketListener
  private rejected = 0

  constructor(private readonly options: AdmissionOptions) {
    this.deferred = {
      onAdmitted: ({ request, response }) => {
        options.serve(request, response)
      },
      onRejected: ({ response }, error) => {
        this.reject(response, error)
      }
    }
  }

  /** Has the call served, now or when its turn is near, or answers it with a 503. */
  admit(functionId: string, request: IncomingMessage, response: ServerResponse): void {
    const { admission, serve } = this.options
    const error = admission.rejection(functionId)
    if (error !== undefined) return this.reject(response, error)
    if (!admission.isBacklogged(functionId)) return serve(request, response)
    const call = new Ticket(request, response).toDeferred(this.deferred)
    admission.enqueueDeferred(functionId, call)
  }

  private reject(response: ServerResponse, error: MoonletError): void {
    this.options.invoker.noteRejection(TRIGGER, error)
    if (error.code === 'CALLER_GONE') return
    this.noteForLog(error.message)
    const requestId = this.options.nextRequestId()
    this.throttle.schedule(() => {
      sendPlainError(response, error, requestId)
    })
  }

  /** One line for all of a second, with the reason that the first had. */
  private noteForLog(reason: string): void {
    if (this.rejected++ > 0) return
    setTimeout(() => {
      this.options.log.warn({ refused: this.rejected, reason }, 'calls refused')
      this.rejected = 0
    }, REPORT_MS).unref()
  }
}
