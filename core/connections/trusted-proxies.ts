/** Which addresses are those of trusted proxies, as Fastify takes TRUST_PROXY. */
import proxyAddr from '@fastify/proxy-addr'
import type { Config } from '../../config/schema.js'

/** Undefined: none is. */
export function compileTrust(
  trusted: Config['TRUST_PROXY']
): ((address: string, hop: number) => boolean) | undefined {
  if (trusted === false) return undefined
  return trusted === true ? () => true : proxyAddr.compile([...trusted])
}
