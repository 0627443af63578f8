/** How a plugin's trigger runs a function. */
import { fromText } from '../../core/base/binary.js'
import type { InvocationEvent } from '../../core/contracts/invocation.js'
import type { Invoker } from '../../core/contracts/invoker.js'
import type { PluginEvent, PluginTools } from '../../core/contracts/plugin.js'
import type { FunctionCache } from '../../core/contracts/server.js'
import { MoonletError } from '../../core/base/errors.js'
import { checkEvent } from '../../core/invoker/check-event.js'
import { madeEvent } from '../../core/http/made-event.js'
import type { IdSource } from '../../core/base/ids.js'

interface Dependencies {
  readonly functionCache: Pick<FunctionCache, 'get'>
  readonly invoker: Pick<Invoker, 'invoke'>
  readonly ids: Pick<IdSource, 'next'>
}

/** `trigger` is the plugin's name. */
export function createRun(
  { functionCache, invoker, ids }: Dependencies,
  trigger: string
): PluginTools['run'] {
  return async (functionId, event = {}) => {
    const found = await functionCache.get(functionId)
    if (found === undefined) throw new MoonletError('NOT_FOUND', 'Function not found')
    if (found.fn.disabled) throw new MoonletError('FORBIDDEN', 'Function is disabled')
    if (found.active === undefined) throw new MoonletError('NOT_FOUND', 'No active version found')
    return await invoker.invoke({
      fn: found.fn,
      version: found.active,
      trigger,
      event: checkEvent(toEvent(functionId, event)),
      requestId: ids.next(),
      record: true
    })
  }
}

function toEvent(
  functionId: string,
  { method = 'POST', path = '/', headers = {}, query = {}, body = '' }: PluginEvent
): InvocationEvent {
  return madeEvent(functionId, {
    method: fromText(method),
    path: fromText(path),
    headers: toBinary(headers),
    query: toBinary(query),
    body: typeof body === 'string' ? Buffer.from(body) : body
  })
}

const toBinary = (fields: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [fromText(name), fromText(value)])
  )
