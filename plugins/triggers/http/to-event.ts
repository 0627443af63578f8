/** The event of a request. */
import type { FastifyRequest } from 'fastify'
import { MoonletError } from '../../../core/base/errors.js'
import type { CalledAddress } from '../../../core/contracts/addresses.js'
import type { Visit } from '../../../core/contracts/front-door-service.js'
import type { InvocationEvent } from '../../../core/contracts/invocation.js'
import { withoutFragment } from '../../../core/connections/request-target.js'
import { readEventHeaders } from './header-names.js'
import { splitUrl } from './url-parts.js'

interface EventSource {
  /** That of the server, for requests that name no host. */
  readonly origin: () => string
  /** What the front door of the function found; undefined: it has none. */
  readonly visit: Pick<Visit, 'isHidden'> | undefined
}

/** Throws INVALID_BODY for a path that cannot be decoded. */
export function toEvent(
  request: FastifyRequest,
  address: CalledAddress,
  body: Uint8Array,
  { origin, visit }: EventSource
): InvocationEvent {
  const { raw } = request
  const target = address.route?.target ?? raw.url ?? '/'
  const parts = splitUrl(target)
  if (parts === undefined) {
    throw new MoonletError('INVALID_BODY', 'The path has a broken percent escape')
  }
  const { headers, more } = readEventHeaders(
    raw.rawHeaders,
    visit && (name => visit.isHidden(name))
  )
  return {
    method: request.method,
    path: parts.path,
    relativePath:
      address.route?.rest ?? (parts.path.slice('/fn/'.length + address.name.length) || '/'),
    headers,
    query: parts.query,
    body,
    details: {
      origin: originOf(request, address.basePath) ?? origin(),
      target: withoutFragment(target),
      ip: request.ip,
      params: address.route?.params,
      moreHeaders: more,
      moreQuery: parts.moreQuery
    }
  }
}

/** Scheme, host and BASE_PATH as the caller used them; scheme and host are what a trusted proxy tells. */
function originOf({ host, protocol, socket }: FastifyRequest, basePath = ''): string | undefined {
  if (host === '') return undefined
  if (protocol === 'http' || protocol === 'https') return `${protocol}://${host}${basePath}`
  const isEncrypted = 'encrypted' in socket && socket.encrypted === true
  return `${isEncrypted ? 'https' : 'http'}://${host}${basePath}`
}
