/** How deep functions have called each other by HTTP, and since when. The mechanism is core/http/call-chain.ts. */

export interface CallChain {
  /** 1 for the first call that a function makes. */
  readonly depth: number
  /** When the execution at the beginning of the chain first called out; Unix seconds. */
  readonly since: number
}

export interface CallChains {
  /** The header's value for a request that is made with this signal; undefined when no execution makes it. */
  sign(signal: AbortSignal): string | undefined
  /**
   * Undefined for what was not signed here. Throws LOOP_DETECTED when the calls are too deep, or go on for too long.
   */
  read(header: string): CallChain | undefined
}
