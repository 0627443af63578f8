/** How deep functions have called each other, and since when. The mechanism is core/http/call-chain.ts. */

export interface CallChain {
  /** 1 for the first call that a function makes. */
  readonly depth: number
  /** When the execution at the beginning of the chain first called out; Unix seconds. */
  readonly since: number
}

/** A chain as a request carries it. */
export interface ReceivedChain extends CallChain {
  /** It was sent to this server alone, and no other server has seen it: a function here did make the request. */
  readonly isInternal: boolean
}

export interface CallChains {
  /**
   * The header's value for a request that is made with this signal; undefined when no execution makes it. `isInternal`:
   * the request goes to this server, by an address that is surely its own.
   */
  sign(signal: AbortSignal, isInternal: boolean): string | undefined
  /**
   * Undefined for what was not signed here. Throws LOOP_DETECTED when the calls are too deep, or go on for too long.
   */
  read(header: string): ReceivedChain | undefined
}
