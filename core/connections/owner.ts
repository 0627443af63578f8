/** Whom what a connection holds is held for: the function that is called, or all the rest of the server. */
import type { IncomingMessage } from 'node:http'
import { addressOf } from './called-address.js'
import { functionOf } from './request-target.js'

export const ownerOf = (request: IncomingMessage): string =>
  addressOf(request)?.functionId ?? functionOf(request.url ?? '') ?? ''
