/**
 * The server's one HTTP client. A call is: check the request, exchange, follow redirects, unpack; all under one
 * deadline, every reply under one size limit, every connection to a checked address.
 */
import { Agent } from 'undici'
import type { OutgoingHttp, OutgoingResponse } from '../../core/contracts/outgoing-http.js'
import { CALL_CHAIN_HEADER } from '../../core/http/header-names.js'
import { createConnector, type ConnectorOptions } from './connector.js'
import { startDeadline } from './deadline.js'
import { exchange, type Hop, type Reply } from './exchange.js'
import { failures } from './failure.js'
import { firstHop } from './first-hop.js'
import { nextHop } from './redirect.js'
import { unpack } from './unpack.js'

const MAX_REDIRECTS = 10
const CONNECTIONS_PER_HOST = 64

export interface OutgoingHttpOptions extends ConnectorOptions {
  /** Largest body, packed or unpacked, in bytes. */
  readonly responseLimit: number
  /** Longest time of one request with all its redirects; 30 s unless given. */
  readonly timeoutMs?: number
  /** Names the run that makes a request with this signal, for servers of functions; undefined: it is not named. */
  readonly signChain?: (signal: AbortSignal, origin: string) => string | undefined
}

export function createOutgoingHttp(options: OutgoingHttpOptions): OutgoingHttp {
  const {
    responseLimit: limit,
    timeoutMs = 30_000,
    signChain = () => undefined,
    ...connecting
  } = options
  const agent = new Agent({
    connect: createConnector(connecting),
    connections: CONNECTIONS_PER_HOST,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0
  })

  async function follow(
    first: Hop,
    signal: AbortSignal,
    chainFor: (origin: string) => string | undefined
  ): Promise<{ reply: Reply; host: string }> {
    let hop = first
    for (let redirects = 0; ; redirects++) {
      const sent = withChain(withCredentials(hop), chainFor(hop.target.origin))
      const reply = await exchange(agent, sent, { signal, limit })
      const next = nextHop(hop, reply, first.target)
      if (next === undefined) return { reply, host: hop.target.host }
      if (redirects === MAX_REDIRECTS) throw failures.tooManyRedirects(MAX_REDIRECTS)
      hop = next
    }
  }

  return {
    async request(request): Promise<OutgoingResponse> {
      const { hop, unpacks } = firstHop(request)
      const deadline = startDeadline(request.signal, timeoutMs, () =>
        failures.tooSlow(hop.target.host, timeoutMs)
      )
      try {
        const { reply, host } = await follow(hop, deadline.signal, origin =>
          signChain(request.signal, origin)
        )
        return unpacks ? await unpack(reply, { host, limit }) : reply
      } finally {
        deadline.stop()
      }
    },
    close: () => agent.destroy(failures.stopping())
  }
}

/** User and password of the URL, unless the caller gave an Authorization header. */
function withCredentials(hop: Hop): Hop {
  const { authorization } = hop.target
  if (
    authorization === undefined ||
    Object.keys(hop.headers).some(name => name.toLowerCase() === 'authorization')
  ) {
    return hop
  }
  return { ...hop, headers: { ...hop.headers, Authorization: authorization } }
}

/** On every hop, wherever it leads: a function may reach this server by any name. */
const withChain = (hop: Hop, chain: string | undefined): Hop =>
  chain === undefined ? hop : { ...hop, headers: { ...hop.headers, [CALL_CHAIN_HEADER]: chain } }
