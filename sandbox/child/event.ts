/** A run frame as the values that Lua sees: `ctx` and `event`. */
import { fromBytes } from '../../core/binary.js'
import type { BindFrame, RunFrame, WireText } from '../protocol.js'
import { LuaRaise, WithMethods, type LuaValue, type NativeFunction, type ToLua } from './engine.js'
import { fromWireText } from './wire.js'

/** A run that waits for its turn; nothing in it is a view of the channel's buffer. */
export interface QueuedRun {
  readonly id: string
  readonly ctx: { readonly [name: string]: ToLua }
  readonly event: WithMethods
}

export function toQueuedRun (frame: RunFrame, [, , , functionId, version, baseUrl]: BindFrame): QueuedRun {
  const [, id, startedAt, requestId, functionName, method, path, relativePath, headerList, query, body] = frame
  return {
    id,
    ctx: { executionId: id, functionId, functionName: fromWireText(functionName), version, startedAt, baseUrl: fromWireText(baseUrl), requestId: fromWireText(requestId) },
    event: new WithMethods({
      method: fromWireText(method),
      path: fromWireText(path),
      relativePath: fromWireText(relativePath),
      headers: toMap(headerList),
      query: toMap(query),
      body: body.length === 0 ? '' : fromBytes(body)
    }, methods)
  }
}

function toMap (list: readonly WireText[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>()
  for (let i = 0; i + 1 < list.length; i += 2) map.set(fromWireText(list[i] as WireText), fromWireText(list[i + 1] as WireText))
  return map
}

/** `event:header(name)`: the first header of that name in any case, or nil. */
const header: NativeFunction = (event: LuaValue, name: LuaValue) => {
  if (typeof event !== 'object' || event.type !== 'table' || typeof name !== 'string') {
    throw new LuaRaise("bad argument #1 to 'header' (string expected; call it as event:header(name))")
  }
  const headers = event.get('headers')
  if (typeof headers !== 'object' || headers.type !== 'table') return undefined
  const exact = headers.get(name)
  if (exact !== undefined) return exact
  const lower = name.toLowerCase()
  for (const [key, value] of headers.entries()) {
    if (typeof key === 'string' && key.length === lower.length && key.toLowerCase() === lower) return value
  }
  return undefined
}

const methods = { header }
