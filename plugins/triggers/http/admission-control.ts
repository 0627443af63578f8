/**
 * Admission of calls to functions, before anything is made of them: a call goes on, waits, or is answered with a
 * 503, or with what the front door of its function refuses it for.
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
import { addressOf } from '../../../core/connections/called-address.js'
import { sendPlainError } from '../../../core/connections/plain-response.js'
import { wantsJob } from '../../../core/http/prefer.js'
import { MoonletError } from '../../../core/base/errors.js'
import type { FrontDoorService, Visit } from '../../../core/contracts/front-door-service.js'
import type { FunctionWithVersion } from '../../../core/contracts/functions.js'
import type { Invoker } from '../../../core/contracts/invoker.js'
import type { Admission } from '../../../core/contracts/scheduler.js'
import type { FunctionCache } from '../../../core/contracts/server.js'
import { RejectionThrottle } from './rejection-throttle.js'
import { Ticket, type TicketListener } from './ticket.js'

const REPORT_MS = 1000
const TRIGGER = 'http'

export interface AdmissionOptions {
  readonly admission: Admission
  readonly functions: Pick<FunctionCache, 'get'>
  readonly frontDoor: Pick<FrontDoorService, 'open'>
  readonly invoker: Pick<Invoker, 'noteRejection'>
  readonly log: Pick<FastifyBaseLogger, 'warn'>
  readonly nextRequestId: () => string
  /** Serves an admitted call. */
  readonly serve: (request: IncomingMessage, response: ServerResponse) => void
}

export interface ArrivedCall {
  readonly functionId: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
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
      onRejected: ({ request, response }, error) => {
        this.reject(response, error, addressOf(request)?.functionId)
      }
    }
  }

  /** Has the call served, now or when its turn is near, or answers it with why it is not. */
  arrive(call: ArrivedCall): void {
    const found = this.options.functions.get(call.functionId)
    if (!(found instanceof Promise)) return this.checkFrontDoor(call, found)
    found.then(
      loaded => {
        this.checkFrontDoor(call, loaded)
      },
      // What serves it meets the same error, and answers it.
      () => {
        this.serve(call)
      }
    )
  }

  /** Before admission: a call that is refused takes no place in the queue. */
  private checkFrontDoor(call: ArrivedCall, found: FunctionWithVersion | undefined): void {
    const door = found?.fn.frontDoor
    if (door === undefined || found?.fn.disabled === true) return this.admit(call)
    const { functionId, request, response } = call
    const opened = this.options.frontDoor.open(request, response, functionId, door)
    if (!(opened instanceof Promise)) return this.proceed(call, opened)
    opened.then(
      result => {
        this.proceed(call, result)
      },
      () => {
        this.serve(call)
      }
    )
  }

  private proceed(call: ArrivedCall, opened: Visit | MoonletError): void {
    if (!(opened instanceof MoonletError)) return this.admit(call)
    // Answered where unknown functions are, so that nothing tells it from them.
    if (opened.code === 'NOT_FOUND') this.serve(call)
    else this.answer(call.response, opened)
  }

  private admit(call: ArrivedCall): void {
    const { functionId, request, response } = call
    const { admission } = this.options
    const error = admission.rejection(functionId)
    const isBacklogged = error === undefined && admission.isBacklogged(functionId)
    // What only leaves a job behind needs no process now.
    if ((error === undefined && !isBacklogged) || wantsJob(request)) return this.serve(call)
    if (error !== undefined) return this.reject(response, error, functionId)
    const deferred = new Ticket(request, response).toDeferred(this.deferred)
    admission.enqueueDeferred(functionId, deferred)
  }

  private reject(
    response: ServerResponse,
    error: MoonletError,
    functionId: string | undefined
  ): void {
    this.options.invoker.noteRejection(TRIGGER, error, functionId)
    if (error.code === 'CALLER_GONE') return
    this.noteForLog(error.message)
    this.answer(response, error)
  }

  private serve({ request, response }: ArrivedCall): void {
    this.options.serve(request, response)
  }

  private answer(response: ServerResponse, error: MoonletError): void {
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
