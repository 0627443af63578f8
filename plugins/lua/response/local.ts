import { LuaMisuse } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue, NativeFunction, ToLua } from '../../../sandbox/lua/api.js'
import { native, raisingFailures } from '../native.js'
import { formatCookie } from './cookie.js'

const REDIRECTS = [301, 302, 303, 307, 308]

function answer(
  statusCode: number,
  own: readonly [name: string, value: string] | undefined,
  body: LuaValue,
  more: LuaTable | undefined
): ToLua {
  const headers = new Map<string, LuaValue>()
  const given = [...(more?.entries() ?? [])].filter(
    (entry): entry is [string, LuaValue] => typeof entry[0] === 'string'
  )
  const isGiven = given.some(([name]) => name.toLowerCase() === own?.[0].toLowerCase())
  if (own !== undefined && !isGiven) headers.set(...own)
  for (const [name, value] of given) headers.set(name, value)
  return { statusCode, headers, body }
}

const withType = (type: string) =>
  native((body: string, status: number | undefined, headers: LuaTable | undefined) =>
    answer(status ?? 200, ['Content-Type', type], body, headers)
  )

const json = (encode: NativeFunction) =>
  native((value: LuaValue, status: number | undefined, headers: LuaTable | undefined) => {
    const body = raisingFailures('response.json', () => encode(value) as string)
    return answer(status ?? 200, ['Content-Type', 'application/json'], body, headers)
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
    return answer(code, ['Location', url], '', headers)
  }
)

/** `encode` is `json.encode`. */
export const responseFunctions = (encode: NativeFunction) => ({
  json: json(encode),
  html: withType('text/html; charset=utf-8'),
  text: withType('text/plain; charset=utf-8'),
  redirect,
  cookie: native((name: string, value: string, options: LuaTable | undefined) =>
    formatCookie(name, value, options)
  )
})
