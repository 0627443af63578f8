/** A run frame as the values that Lua sees: `ctx` and `event`. */
import { fromBytes } from '../../core/base/binary.js'
import type { BindFrame, RunFrame } from '../protocol/frames.js'
import { Fields, LuaRaise, WithMethods, type LuaValue, type NativeFunction } from '../lua/api.js'

/** A run that waits for its turn; nothing in it is a view of the channel's buffer. */
export interface QueuedRun {
  readonly id: string
  readonly ctx: Fields
  readonly event: WithMethods
}

const contextNames = [
  'executionId',
  'functionId',
  'functionName',
  'version',
  'startedAt',
  'baseUrl',
  'requestId'
]
const eventNames = ['method', 'path', 'relativePath', 'headers', 'query', 'body']

/** The bound version's `baseUrl` as a binary string. By index: to destructure is dear before it is optimized. */
export function toQueuedRun(frame: RunFrame, bound: BindFrame): QueuedRun {
  const fields = frame[1]
  const body = frame[2]
  return {
    id: fields[0],
    ctx: new Fields(contextNames, [
      fields[0],
      bound[3],
      fields[3],
      bound[4],
      fields[1],
      bound[5],
      fields[2]
    ]),
    event: new WithMethods(
      new Fields(eventNames, [
        fields[4],
        fields[5],
        fields[6],
        new Fields(fields[7], fields[8]),
        new Fields(fields[9], fields[10]),
        body.length === 0 ? '' : fromBytes(body)
      ]),
      methods
    )
  }
}

/** `event:header(name)`: the first header of that name in any case, or nil. */
const header: NativeFunction = (event: LuaValue, name: LuaValue) => {
  if (typeof event !== 'object' || event.type !== 'table' || typeof name !== 'string') {
    throw new LuaRaise(
      "bad argument #1 to 'header' (string expected; call it as event:header(name))"
    )
  }
  const headers = event.get('headers')
  if (typeof headers !== 'object' || headers.type !== 'table') return undefined
  const exact = headers.get(name)
  if (exact !== undefined) return exact
  const lower = name.toLowerCase()
  for (const [key, value] of headers.entries()) {
    if (typeof key === 'string' && key.length === lower.length && key.toLowerCase() === lower) {
      return value
    }
  }
  return undefined
}

const methods = { header }
