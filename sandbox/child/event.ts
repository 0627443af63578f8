/** A run frame as the values that Lua sees: `ctx` and `event`. */
import { fromBytes } from '../../core/binary.js'
import type { BindFrame, RunFrame } from '../protocol.js'
import { Fields, LuaRaise, WithMethods, type LuaValue, type NativeFunction } from './engine.js'

/** A run that waits for its turn; nothing in it is a view of the channel's buffer. */
export interface QueuedRun {
  readonly id: string
  readonly ctx: Fields
  readonly event: WithMethods
}

const contextNames = ['executionId', 'functionId', 'functionName', 'version', 'startedAt', 'baseUrl', 'requestId']
const eventNames = ['method', 'path', 'relativePath', 'headers', 'query', 'body']

/** The bound version's `baseUrl` as a binary string. */
export function toQueuedRun ([, fields, body]: RunFrame, [, , , functionId, version, baseUrl]: BindFrame): QueuedRun {
  const [id, startedAt, requestId, functionName, method, path, relativePath, headerNames, headerValues, queryNames, queryValues] = fields
  return {
    id,
    ctx: new Fields(contextNames, [id, functionId, functionName, version, startedAt, baseUrl, requestId]),
    event: new WithMethods(new Fields(eventNames, [
      method, path, relativePath, new Fields(headerNames, headerValues), new Fields(queryNames, queryValues), body.length === 0 ? '' : fromBytes(body)
    ]), methods)
  }
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
