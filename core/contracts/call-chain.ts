/** Functions that call functions by HTTP: what is known of such calls. See core/http/call-chain.ts. */

export interface CallChain {
  /** 1 for the first call that a function makes. */
  readonly depth: number
  /** When the run at its beginning first asked for something; Unix seconds. */
  readonly since: number
}

/** An incoming call that a function has made. */
export interface CalledByFunction extends CallChain {
  /** Aborted when the calling run waits for the answer no longer. */
  readonly gone: AbortSignal
}

export interface CallChains {
  /** The header's value for a request that is made with this signal; undefined when no run makes it. */
  sign(signal: AbortSignal): string | undefined
  /** Undefined for what was not signed here. Throws LOOP_DETECTED when calls are too deep or go on for too long. */
  read(header: string): CallChain | undefined
}
