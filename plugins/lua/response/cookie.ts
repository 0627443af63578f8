/** `Set-Cookie` by RFC 6265. */
import { isHttpToken } from '../../../core/base/http-token.js'
import { escapeByte } from '../../../core/base/percent-escapes.js'
import { LuaMisuse } from '../../../core/lua/errors.js'
import type { LuaTable } from '../../../sandbox/lua/api.js'
import { runContext } from '../run-context.js'

/** What may not stand in a value, and the percent sign of what is escaped. */
const UNSAFE = /[^!#$&'()*+\-./0-9:<=>?@A-Z[\]^_`a-z{|}~]/g
const ATTRIBUTE = /^[\x20-\x3a\x3c-\x7e]+$/
/** Browsers keep no cookie for longer than 400 days, nor one of more bytes. */
const MAX_BYTES = 4096

/** Throws LuaMisuse for what no cookie can have. */
export function formatCookie(name: string, value: string, options: LuaTable | undefined): string {
  if (!isHttpToken(name)) {
    throw new LuaMisuse("bad argument #1 to 'response.cookie' (no cookie can have this name)")
  }
  const pair = `${name}=${value.replace(UNSAFE, escapeByte)}`
  if (pair.length > MAX_BYTES) {
    throw new LuaMisuse(
      `bad argument #2 to 'response.cookie' (the cookie has ${pair.length} bytes, at most ${MAX_BYTES} are kept)`
    )
  }
  return [pair, ...attributes(options)].join('; ')
}

function attributes(options: LuaTable | undefined): string[] {
  const sameSite = readSameSite(options?.get('sameSite') ?? 'Lax')
  const domain = options?.get('domain')
  const maxAge = options?.get('maxAge')
  const secure = options?.get('secure') ?? (sameSite === 'None' || isSecureServer())
  return [
    `Path=${attribute('path', options?.get('path') ?? '/')}`,
    ...(domain === undefined ? [] : [`Domain=${attribute('domain', domain)}`]),
    ...(typeof maxAge === 'number' ? [`Max-Age=${Math.trunc(maxAge)}`] : []),
    ...(options?.get('httpOnly') === false ? [] : ['HttpOnly']),
    ...(secure === true ? ['Secure'] : []),
    `SameSite=${sameSite}`
  ]
}

const isSecureServer = (): boolean => runContext.baseUrl.startsWith('https:')

function attribute(name: string, value: unknown): string {
  const text = String(value)
  if (ATTRIBUTE.test(text)) return text
  throw new LuaMisuse(
    `bad argument #3 to 'response.cookie' (field '${name}' has a character that no cookie can have)`
  )
}

function readSameSite(value: unknown): string {
  const found = ['Lax', 'Strict', 'None'].find(
    known => known.toLowerCase() === String(value).toLowerCase()
  )
  if (found !== undefined) return found
  throw new LuaMisuse(
    "bad argument #3 to 'response.cookie' (field 'sameSite': Lax, Strict or None expected)"
  )
}
