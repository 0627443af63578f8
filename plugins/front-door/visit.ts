/** One call on its way through the front door: what is still to be checked, and what it holds meanwhile. */
import type { ServerResponse } from 'node:http'
import { readDeliveryId } from '../../core/access/delivery-id.js'
import { rateLimitFields } from '../../core/access/rate-limit-fields.js'
import { isSignedBy, type SignatureClaim } from '../../core/access/signature.js'
import type { MoonletError } from '../../core/base/errors.js'
import { continueWith, type MaybePromise } from '../../core/base/maybe-promise.js'
import type {
  AdmittedCaller,
  FrontDoor,
  RefusalReason,
  SignatureAccess
} from '../../core/contracts/front-door.js'
import type { Visit } from '../../core/contracts/front-door-service.js'
import type { Outcome } from '../../core/contracts/invocation.js'
import type { DeliveryStore, PlaceBook, RateCounter } from '../../core/contracts/shared-work.js'
import { isRunning, noSignature, overLimit, tooManyAtOnce } from './errors.js'

export interface VisitParts {
  readonly rates: RateCounter
  readonly deliveries: DeliveryStore
  readonly places: PlaceBook
  /** Counts a refused call. */
  readonly noteRefusal: (functionId: string, reason: RefusalReason) => void
}

/** What the headers of a call have shown. */
export interface Identity {
  readonly caller: AdmittedCaller
  /** Whose calls are counted together. */
  readonly subject: string
  /** Still to be held against the body. */
  readonly signature?: {
    readonly access: SignatureAccess
    readonly claim: SignatureClaim
    readonly secret: string
  }
  /** Headers that carried a key, in lower case. */
  readonly hidden?: ReadonlySet<string>
}

export class FrontDoorVisit implements Visit {
  headers: Readonly<Record<string, string>> = {}
  private releasePlace: (() => void) | undefined
  private deliveryId: string | undefined
  private hasEntered = false

  constructor(
    private readonly parts: VisitParts,
    private readonly functionId: string,
    private readonly door: FrontDoor,
    private readonly identity: Identity,
    /** It only leaves a job behind, which takes its place when it runs. */
    private readonly isBackground: boolean
  ) {}

  get caller(): AdmittedCaller {
    return this.identity.caller
  }

  get bodyLimit(): number | undefined {
    return this.door.body_limit
  }

  isHidden(name: string): boolean {
    return this.identity.hidden?.has(name) === true
  }

  /** Counts the call. Only who is known by then uses up a limit: forged calls do not. */
  async count(): Promise<MoonletError | undefined> {
    const limit = this.door.rate_limit
    if (limit === undefined) return undefined
    const state = await this.parts.rates.count(this.functionId, limit, this.identity.subject)
    const fields = rateLimitFields(limit, state)
    if (state.isExceeded) {
      return this.refuse('rate_limit', overLimit(fields))
    }
    this.headers = fields
    return undefined
  }

  /** Whether the number of calls in progress lets it in. A place that it took is given back with its response. */
  takePlace(response?: ServerResponse): MaybePromise<MoonletError | undefined> {
    const limit = this.door.max_concurrency
    if (limit === undefined || this.isBackground || this.releasePlace !== undefined) {
      return undefined
    }
    return continueWith(this.parts.places.take(this.functionId, limit), release =>
      this.keepPlace(release, response)
    )
  }

  /** Says that `takePlace` will be called unless the call is refused before; returns what ends that. */
  expectPlace(): (() => void) | undefined {
    const limit = this.door.max_concurrency
    return limit === undefined ? undefined : this.parts.places.expect?.(this.functionId, limit)
  }

  refuseCrowd(): MoonletError {
    return this.refuse('concurrency', tooManyAtOnce)
  }

  async enter(body: Uint8Array): Promise<'run' | 'repeat'> {
    await this.checkSignature(body)
    const taken = this.takePlace()
    const crowded = taken instanceof Promise ? await taken : taken
    if (crowded !== undefined) throw crowded
    this.hasEntered = true
    try {
      return await this.beginDelivery(body)
    } catch (error) {
      this.leave()
      throw error
    }
  }

  noteLargeBody(): void {
    this.noteRefusal('body_limit')
  }

  leavePlace(): void {
    this.releasePlace?.()
  }

  leave(outcome?: Pick<Outcome, 'answer'>): void {
    this.leavePlace()
    if (this.deliveryId === undefined) return
    const succeeded = (outcome?.answer?.statusCode ?? 500) < 400
    void this.parts.deliveries.end(this.functionId, this.deliveryId, succeeded)
  }

  private keepPlace(
    release: (() => void) | undefined,
    response: ServerResponse | undefined
  ): MoonletError | undefined {
    this.releasePlace = release
    if (release === undefined) return this.refuseCrowd()
    // Its caller may have gone while it waited for the place.
    if (response?.closed === true) release()
    response?.once('close', () => {
      if (!this.hasEntered) release()
    })
    return undefined
  }

  private async checkSignature(body: Uint8Array): Promise<void> {
    const { signature } = this.identity
    if (signature === undefined) return
    const { access, claim, secret } = signature
    if (!isSignedBy(access, secret, claim, body)) {
      throw this.refuse('signature', noSignature)
    }
    const error = await this.count()
    if (error !== undefined) throw error
  }

  private async beginDelivery(body: Uint8Array): Promise<'run' | 'repeat'> {
    const { signature } = this.identity
    const id = signature && readDeliveryId(signature.access, signature.claim, body)
    if (id === undefined) return 'run'
    const state = await this.parts.deliveries.begin(this.functionId, id)
    if (state === 'running') throw this.refuse('repeat', isRunning)
    if (state === 'succeeded') {
      this.noteRefusal('repeat')
      this.leave()
      return 'repeat'
    }
    this.deliveryId = id
    return 'run'
  }

  private refuse(reason: RefusalReason, error: MoonletError): MoonletError {
    this.noteRefusal(reason)
    return error
  }

  private noteRefusal(reason: RefusalReason): void {
    this.parts.noteRefusal(this.functionId, reason)
  }
}
