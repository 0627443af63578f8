/**
 * Functions that call functions, by HTTP or by `functions.call`, perhaps themselves. The depth of such calls, and the
 * time the first one began, travel in a header with every outgoing request of an execution. The header is signed, and
 * an unsigned or forged one is ignored: nobody can have a function's own calls refused. It also reaches strangers, so
 * it reveals nothing but two numbers: the signing key is random, so no guess of the API key can be tried on it. What
 * strangers have seen opens no door: a request to this server itself is signed in another way. A restart ends all
 * executions, and all chains with them.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { MoonletError } from '../base/errors.js'
import type { CallChain, CallChains } from '../contracts/call-chain.js'

/** How many calls may be nested in each other. */
const MAX_DEPTH = 8
/** Marks what was sent to this server alone. */
const INTERNAL = '.i'
/** Allowance for the request's way and for its call's time in the queue. */
const GRACE_SECONDS = 60

const links = new WeakMap<AbortSignal, CallChain>()

/**
 * Records which chain the requests of an execution continue. Requests are recognized by their signal, so that the
 * modules of plugins, which pass it on too, need not know about chains.
 */
export function followCall(signal: AbortSignal, parent: CallChain | undefined): void {
  links.set(signal, { depth: (parent?.depth ?? 0) + 1, since: parent?.since ?? now() })
}

/**
 * The chain as a call continues it that an execution makes without HTTP, told by the execution's signal. Throws
 * LOOP_DETECTED when that is too deep.
 */
export function continueChain(signal: AbortSignal): CallChain | undefined {
  const chain = links.get(signal)
  if (chain !== undefined) checkDepth(chain)
  return chain
}

function checkDepth({ depth }: CallChain): void {
  if (depth <= MAX_DEPTH) return
  throw new MoonletError(
    'LOOP_DETECTED',
    `Functions call each other more than ${MAX_DEPTH} deep; this call is refused`
  )
}

/** `longestRun` is that of one run, in seconds: when it is over, nobody is left at the beginning of a chain. */
export function createCallChains(longestRun: number): CallChains {
  const secret = randomBytes(32)
  const signatureOf = (text: string): Buffer => createHmac('sha256', secret).update(text).digest()

  return {
    sign(signal, isInternal) {
      const link = links.get(signal)
      if (link === undefined) return undefined
      const text = `${link.depth}.${link.since}${isInternal ? INTERNAL : ''}`
      return `${text}.${signatureOf(text).toString('hex')}`
    },
    read(header) {
      const [, text = '', depth, since, mark, signature = ''] =
        /^((\d{1,4})\.(\d{1,12})(\.i)?)\.([\da-f]{64})$/.exec(header) ?? []
      if (signature === '' || !timingSafeEqual(Buffer.from(signature, 'hex'), signatureOf(text))) {
        return undefined
      }
      const chain = {
        depth: Number(depth),
        since: Number(since),
        isInternal: mark === INTERNAL
      }
      checkDepth(chain)
      if (now() - chain.since > longestRun + GRACE_SECONDS) {
        throw new MoonletError(
          'LOOP_DETECTED',
          'Functions have called each other for longer than one run may take ' +
            `(EXECUTION_TIMEOUT is ${longestRun} seconds); this call is refused`
        )
      }
      return chain
    }
  }
}

const now = (): number => Math.floor(Date.now() / 1000)
