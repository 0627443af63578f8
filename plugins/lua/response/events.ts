/** Server-Sent Events: an answer whose body is a function that writes one event after the other. */
import { fromText } from '../../../core/base/binary.js'
import { Callable, LuaRaise, TailCall } from '../../../core/base/to-lua.js'
import { LuaFailure, LuaMisuse } from '../../../core/lua/errors.js'
import type { LuaFunction, LuaTable, NativeFunction } from '../../../sandbox/lua/api.js'
import { native } from '../native.js'
import { answer } from './answer.js'
import { formatEvent } from './event-text.js'

const HEADERS = [
  ['Content-Type', 'text/event-stream'],
  ['Cache-Control', 'no-cache'],
  // Proxies such as nginx pass events on at once then.
  ['X-Accel-Buffering', 'no']
] as const

/** `encode` is `json.encode`. */
export function eventsFunction(encode: NativeFunction): NativeFunction {
  const toSend = (write: LuaFunction): NativeFunction =>
    native((...args) => new TailCall(write, [raising(() => formatEvent(args, encode))]))
  return native((run: LuaFunction, options: LuaTable | undefined) => {
    const body = native(
      (write: LuaFunction) => new TailCall(run, [new Callable('send', toSend(write))])
    )
    const more = options?.get('headers') as LuaTable | undefined
    return answer(200, HEADERS, new Callable('body', body), more)
  })
}

/** Wrong use and what cannot be encoded as errors of the function that Lua called. */
function raising<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof LuaMisuse || error instanceof LuaFailure)) throw error
    throw new LuaRaise(fromText(error.message))
  }
}
