/**
 * Functions that call functions by HTTP, perhaps themselves. How deep such calls are, and since when they go on,
 * travels in a header with every outgoing request of a run. It is signed: from others it is not believed, so nobody can
 * have a function's own calls refused. It goes to strangers too, so it tells them nothing but two numbers: what it is
 * signed with is random, and no guess of the API key can be tried on it. A restart ends every run, and with them chains.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { MoonletError } from '../base/errors.js'
import type { CallChain, CallChains } from '../contracts/call-chain.js'

/** A call may be made for a call that was made for a call, and so on, as often as this. */
export const MOST_CALLS_DEEP = 8
/** What a request may take on its way, and its call in the queue. */
const GRACE_SECONDS = 60

const links = new WeakMap<AbortSignal, CallChain>()

/**
 * Says of the signal of a run what its requests are part of. Requests are known by their signal, so that the modules
 * of plugins, which pass it on too, need not know of this.
 */
export function followCall(signal: AbortSignal, calledBy: CallChain | undefined): void {
  links.set(signal, { depth: (calledBy?.depth ?? 0) + 1, since: calledBy?.since ?? now() })
}

/** `longestRun` is that of one run, in seconds: when it is over, nobody is left at the beginning of a chain. */
export function createCallChains(longestRun: number): CallChains {
  const secret = randomBytes(32)
  const signatureOf = (text: string): Buffer => createHmac('sha256', secret).update(text).digest()

  return {
    sign(signal) {
      const link = links.get(signal)
      if (link === undefined) return undefined
      const text = `${link.depth}.${link.since}`
      return `${text}.${signatureOf(text).toString('hex')}`
    },
    read(header) {
      const [, text = '', depth, since, signature = ''] =
        /^((\d{1,4})\.(\d{1,12}))\.([\da-f]{64})$/.exec(header) ?? []
      if (signature === '' || !timingSafeEqual(Buffer.from(signature, 'hex'), signatureOf(text))) {
        return undefined
      }
      const chain = { depth: Number(depth), since: Number(since) }
      if (chain.depth > MOST_CALLS_DEEP) {
        throw new MoonletError(
          'LOOP_DETECTED',
          `Functions call each other more than ${MOST_CALLS_DEEP} deep; this call is refused`
        )
      }
      if (now() - chain.since > longestRun + GRACE_SECONDS) {
        throw new MoonletError(
          'LOOP_DETECTED',
          `Functions have called each other for longer than one run may take (EXECUTION_TIMEOUT is ${longestRun} seconds); this call is refused`
        )
      }
      return chain
    }
  }
}

const now = (): number => Math.floor(Date.now() / 1000)
