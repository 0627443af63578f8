/**
 * The front door of functions: who may call them, how often, and how many at once, checked before a sandbox is
 * touched. Functions that set nothing of it never come here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { hashAccessKey, readAccessKeys } from '../../core/access/access-key.js'
import { RateLimiter } from '../../core/access/rate-limiter.js'
import { ReplayMemory } from '../../core/access/replay-memory.js'
import { readSignatureClaim } from '../../core/access/signature.js'
import { toAddressBlock } from '../../core/connections/address-block.js'
import { wantsJob } from '../../core/http/prefer.js'
import { hasBody } from '../../core/connections/read-body.js'
import { MoonletError } from '../../core/base/errors.js'
import { continueWith, type MaybePromise } from '../../core/base/maybe-promise.js'
import type { AccessKeyRecord } from '../../core/contracts/access-keys.js'
import type { FrontDoor, RefusalReason, SignatureAccess } from '../../core/contracts/front-door.js'
import type {
  FrontDoorService,
  RefusalCounts,
  Visit
} from '../../core/contracts/front-door-service.js'
import type { PlaceBook, RateLimitUse } from '../../core/contracts/shared-work.js'
import type { Storage } from '../../core/contracts/storage.js'
import { noKey, noSignature, notThere, tooLarge, tooManyAtOnce } from './errors.js'
import { KeyRing } from './key-ring.js'
import { Places } from './places.js'
import { Refusals } from './refusals.js'
import { FrontDoorVisit, type Identity, type VisitParts } from './visit.js'

const nothingTaken = (): void => {}

const visitKey = Symbol('visit')

interface VisitingRequest extends IncomingMessage {
  [visitKey]?: MaybePromise<Visit | MoonletError>
}

export interface FrontDoorOptions {
  readonly storage: Pick<Storage, 'accessKeys' | 'env' | 'functions' | 'shared'>
  /** The address of a caller, behind trusted proxies that of theirs. */
  readonly addressOf: (request: IncomingMessage) => string
  /** Whether a function of this server made the request. */
  readonly isFromFunction: (request: IncomingMessage) => boolean
}

interface ArrivingCall {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly functionId: string
  readonly door: FrontDoor
}

export class FrontDoors implements FrontDoorService {
  private readonly keys: KeyRing
  private readonly places: PlaceBook
  private readonly refusals: Refusals
  private readonly visitParts: VisitParts

  constructor(private readonly options: FrontDoorOptions) {
    const { accessKeys, shared } = options.storage
    this.keys = new KeyRing(accessKeys)
    this.places = shared?.places ?? new Places()
    this.refusals = new Refusals((functionId, counts) => {
      shared?.functionUse.noteRefused(functionId, counts)
    })
    this.visitParts = {
      rates: shared?.rates ?? new RateLimiter(),
      deliveries: shared?.deliveries ?? new ReplayMemory(),
      places: this.places,
      noteRefusal: (functionId, reason) => {
        this.refusals.add(functionId, reason)
      }
    }
  }

  open(
    request: VisitingRequest,
    response: ServerResponse,
    functionId: string,
    door: FrontDoor
  ): MaybePromise<Visit | MoonletError> {
    const opened = request[visitKey] ?? this.check({ request, response, functionId, door })
    request[visitKey] = opened
    return opened
  }

  takePlace(
    functionId: string,
    { max_concurrency: limit }: FrontDoor
  ): MaybePromise<(() => void) | MoonletError> {
    if (limit === undefined) return nothingTaken
    return continueWith(
      this.places.take(functionId, limit),
      release => release ?? this.refuse(functionId, 'concurrency', tooManyAtOnce)
    )
  }

  tryTakePlace(
    functionId: string,
    door: FrontDoor | undefined
  ): MaybePromise<(() => void) | undefined> {
    const limit = door?.max_concurrency
    return limit === undefined ? nothingTaken : this.places.take(functionId, limit)
  }

  rateUse(
    functionId: string,
    { rate_limit: limit }: FrontDoor
  ): MaybePromise<RateLimitUse | undefined> {
    return limit === undefined ? undefined : this.visitParts.rates.use(functionId, limit)
  }

  refused(functionId: string): RefusalCounts {
    return this.refusals.of(functionId)
  }

  allRefused(): Iterable<readonly [string, RefusalCounts]> {
    return this.refusals.all()
  }

  /** The function was changed, or removed. */
  async forget(functionId: string): Promise<void> {
    const { functions } = this.options.storage
    this.keys.forget(functionId)
    if (!this.refusals.has(functionId)) return
    if ((await functions.find(functionId)) === undefined) this.refusals.forget(functionId)
  }

  private refuse(functionId: string, reason: RefusalReason, error: MoonletError): MoonletError {
    this.refusals.add(functionId, reason)
    return error
  }

  private check(call: ArrivingCall): MaybePromise<Visit | MoonletError> {
    return continueWith(this.identify(call), identity =>
      identity instanceof MoonletError ? identity : this.checkLimits(call, identity)
    )
  }

  /** Who calls is known; but for a signature, which needs the body and is counted after it. */
  private checkLimits(call: ArrivingCall, identity: Identity): MaybePromise<Visit | MoonletError> {
    const { functionId, door } = call
    const isBackground = wantsJob(call.request)
    const visit = new FrontDoorVisit(this.visitParts, functionId, door, identity, isBackground)
    const finish = (): MaybePromise<Visit | MoonletError> =>
      continueWith(
        this.checkCrowd(call, visit),
        crowded => crowded ?? this.checkLength(call) ?? visit
      )
    if (door.rate_limit === undefined || identity.signature !== undefined) return finish()
    const settlePlace = isBackground || hasBody(call.request) ? undefined : visit.expectPlace()
    return visit.count().then(
      error => {
        const visited = error ?? finish()
        settlePlace?.()
        return visited
      },
      (error: unknown) => {
        settlePlace?.()
        throw error
      }
    )
  }

  /** A call with a body takes its place once that is there, so that slow ones keep nobody out. */
  private checkCrowd(
    { request, response, functionId, door: { max_concurrency: limit } }: ArrivingCall,
    visit: FrontDoorVisit
  ): MaybePromise<MoonletError | undefined> {
    if (limit === undefined || wantsJob(request)) return undefined
    if (!hasBody(request)) return visit.takePlace(response)
    return this.places.of(functionId) < limit ? undefined : visit.refuseCrowd()
  }

  private checkLength({ request, functionId, door }: ArrivingCall): MoonletError | undefined {
    const { body_limit: limit = Infinity } = door
    const length = Number(request.headers['content-length'] ?? 0)
    return length <= limit ? undefined : this.refuse(functionId, 'body_limit', tooLarge(limit))
  }

  private identify(call: ArrivingCall): MaybePromise<Identity | MoonletError> {
    const { access = { mode: 'public' } } = call.door
    switch (access.mode) {
      case 'public':
        return this.identifyNobody(call)
      case 'internal':
        return this.options.isFromFunction(call.request)
          ? this.identifyNobody(call)
          : this.refuse(call.functionId, 'internal', notThere)
      case 'key':
        return this.identifyByKey(call)
      case 'signature':
        return this.identifyBySignature(call, access)
    }
  }

  private identifyNobody(call: ArrivingCall): Identity {
    return { caller: { kind: 'anyone' }, subject: this.subjectOf(call) }
  }

  private identifyByKey(call: ArrivingCall): MaybePromise<Identity | MoonletError> {
    const given = readAccessKeys(call.request.headers)
    if (given.length === 0) return this.refuse(call.functionId, 'key', noKey)
    return continueWith(this.keys.of(call.functionId), keys => this.findKey(call, given, keys))
  }

  private findKey(
    call: ArrivingCall,
    given: ReturnType<typeof readAccessKeys>,
    keys: ReadonlyMap<string, AccessKeyRecord>
  ): Identity | MoonletError {
    const now = Math.floor(Date.now() / 1000)
    const held = given.map(({ header, key }) => ({ header, record: keys.get(hashAccessKey(key)) }))
    const isValid = ({ expiresAt = Infinity }: AccessKeyRecord): boolean => expiresAt > now
    const found = held.find(({ record }) => record !== undefined && isValid(record))?.record
    if (found === undefined) return this.refuse(call.functionId, 'key', noKey)
    this.keys.noteUse(found, now)
    // An Authorization that holds no key of the function's, beside one that does, is for the function.
    const hidden = held
      .filter(({ header, record }) => record !== undefined || header !== 'authorization')
      .map(({ header }) => header)
    return {
      caller: { kind: 'key', name: found.name },
      subject: this.subjectOf(call, `key ${found.id}`),
      hidden: new Set(hidden)
    }
  }

  private async identifyBySignature(
    call: ArrivingCall,
    access: SignatureAccess
  ): Promise<Identity | MoonletError> {
    const { request, functionId } = call
    const claim = readSignatureClaim(access, request.headers, Math.floor(Date.now() / 1000))
    if (claim === undefined) return this.refuse(functionId, 'signature', noSignature)
    const secret = (await this.options.storage.env.get(functionId, access.secret)) ?? ''
    if (secret === '') return this.refuse(functionId, 'signature', noSignature)
    return {
      caller: { kind: 'signature' },
      subject: this.subjectOf(call, 'signature'),
      signature: { access, claim, secret }
    }
  }

  /** Whose calls a rate limit counts together; who has shown nothing is known by the address. */
  private subjectOf(
    { request, door: { rate_limit: limit } }: ArrivingCall,
    caller?: string
  ): string {
    if (limit === undefined || limit.by === 'function') return ''
    if (limit.by === 'caller' && caller !== undefined) return caller
    return `ip ${toAddressBlock(this.options.addressOf(request))}`
  }
}
