/** The event that a function gets from another one. */
import { fromText } from '../../../core/base/binary.js'
import type { InvocationEvent } from '../../../core/contracts/invocation.js'
import { isHttpToken } from '../../../core/base/http-token.js'
import { CALLER_EXECUTION_HEADER } from '../../../core/http/header-names.js'
import { madeEvent } from '../../../core/http/made-event.js'
import { LuaMisuse } from '../../../core/lua/errors.js'
import type { HostCall } from '../../../core/lua/module.js'
import { looseBytes, looseText } from '../loose-bytes.js'

type LooseValues = Readonly<Record<string, unknown>> | undefined

export interface FunctionRequest {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly query: LooseValues
  readonly headers: LooseValues
  readonly body: unknown
}

export function toEvent(
  { executionId }: Pick<HostCall, 'executionId'>,
  functionId: string,
  { method = 'POST', path = '/', query, headers, body }: Partial<FunctionRequest>
): InvocationEvent {
  if (!isHttpToken(method)) throw new LuaMisuse(`request: '${method}' is no method`)
  if (/[?#]/.test(path)) throw new LuaMisuse('request: path has no query; give it as query')
  const event = madeEvent(functionId, {
    method,
    path: fromText(path),
    headers: toValues(headers),
    query: toValues(query),
    body: looseBytes(body)
  })
  return { ...event, headers: { ...event.headers, [CALLER_EXECUTION_HEADER]: executionId } }
}

/** Names decoded by the module's declaration become binary strings again. */
const toValues = (values: LooseValues = {}): Record<string, string | readonly string[]> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      fromText(name),
      Array.isArray(value) ? value.map(looseText) : looseText(value)
    ])
  )
