/** `response` in the sandbox: the tables that handlers return, made by their kind. */
import { LuaMisuse } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue, NativeFunction } from '../../../sandbox/lua/api.js'
import { native, raisingFailures } from '../native.js'
import { answer } from './answer.js'
import { formatCookie } from './cookie.js'
import { eventsFunction } from './events.js'

const REDIRECTS = [301, 302, 303, 307, 308]

const withType = (type: string) =>
  native((body: string, status: number | undefined, headers: LuaTable | undefined) =>
    answer(status ?? 200, [['Content-Type', type]], body, headers)
  )

const json = (encode: NativeFunction) =>
  native((value: LuaValue, status: number | undefined, headers: LuaTable | undefined) => {
    const body = raisingFailures('response.json', () => encode(value) as string)
    return answer(status ?? 200, [['Content-Type', 'application/json']], body, headers)
  })

const redirect = native(
  (url: string, status: number | undefined, headers: LuaTable | undefined) => {
    const code = status ?? 302
    if (!REDIRECTS.includes(code)) {
      throw new LuaMisuse(
        `bad argument #2 to 'response.redirect' (${REDIRECTS.join(', ')} expected, got ${code})`
      )
    }
    // eslint-disable-next-line no-control-regex
    if (url === '' || /[\x00-\x20\x7f]/.test(url)) {
      throw new LuaMisuse(
        "bad argument #1 to 'response.redirect' (an address without blanks and control characters expected)"
      )
    }
    return answer(code, [['Location', url]], '', headers)
  }
)

/** `encode` is `json.encode`. */
export const responseFunctions = (encode: NativeFunction) => ({
  json: json(encode),
  html: withType('text/html; charset=utf-8'),
  text: withType('text/plain; charset=utf-8'),
  redirect,
  events: eventsFunction(encode),
  cookie: native((name: string, value: string, options: LuaTable | undefined) =>
    formatCookie(name, value, options)
  )
})
