/** `jwt` in the sandbox: what tokens hold, signed and checked. */
import { toBytes, toText } from '../../../core/base/binary.js'
import { LuaFailure, LuaMisuse } from '../../../core/lua/errors.js'
import type { LuaTable, LuaValue, NativeFunction, ToLua } from '../../../sandbox/lua/api.js'
import { native, raisingFailures } from '../native.js'
import { runContext } from '../run-context.js'
import { isSignature, readAlgorithm, signature } from './algorithms.js'
import { checkClaims, type Claims, type Expected } from './claims.js'

/** Longer ones fit in no header. */
const MAX_TOKEN = 256 * 1024

/** `json.encode` and `json.decode`. */
interface Json {
  readonly encode: NativeFunction
  readonly decode: NativeFunction
}

const sign = ({ encode }: Json) =>
  native((claims: LuaTable, key: string, options: LuaTable) => {
    const algorithm = readAlgorithm(options.get('algorithm'), 'jwt.sign')
    const keyId = textOf(options.get('keyId'))
    const header = { alg: algorithm, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) }
    const payload = claimsText(encode, claims, options.get('expiresIn'))
    const data = `${base64Url(Buffer.from(JSON.stringify(header)))}.${base64Url(payload)}`
    return `${data}.${base64Url(signature(algorithm, Buffer.from(data), key))}`
  })

function claimsText(encode: NativeFunction, claims: LuaTable, expiresIn: LuaValue): Buffer {
  const text = raisingFailures('jwt.sign', () => encode(claims) as string)
  if (!text.startsWith('{')) {
    throw new LuaMisuse("bad argument #1 to 'jwt.sign' (names expected, got a list)")
  }
  if (typeof expiresIn !== 'number') return toBytes(text)
  const exp = Math.floor(runContext.now() / 1000 + expiresIn)
  return Buffer.from(JSON.stringify({ ...(JSON.parse(toText(text)) as Claims), exp }))
}

const verify = ({ decode }: Json) =>
  native((token: string, key: string, options: LuaTable) => {
    const algorithm = readAlgorithm(options.get('algorithm'), 'jwt.verify')
    const [, header = '', payload = '', given = ''] =
      token.length > MAX_TOKEN ? [] : (TOKEN.exec(token) ?? [])
    if (header === '') throw new LuaFailure('not a token')
    // Before anything else: a wrong key must show whatever the token is.
    const isRight = isSignature(
      algorithm,
      Buffer.from(`${header}.${payload}`),
      key,
      Buffer.from(given, 'base64url')
    )
    checkHeader(readObject(header), algorithm)
    if (!isRight) throw new LuaFailure('the signature of the token is wrong')
    checkClaims(readObject(payload), readExpected(options), runContext.now())
    return decode(Buffer.from(payload, 'base64url').toString('latin1')) as ToLua
  })

const TOKEN = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/

function checkHeader({ alg, crit }: Claims, algorithm: string): void {
  if (alg !== algorithm) {
    throw new LuaFailure(`the token is of another algorithm (${algorithm} is accepted)`)
  }
  if (crit !== undefined) {
    throw new LuaFailure('the token has critical headers, which are not known')
  }
}

function readObject(part: string): Claims {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    // Told below.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Claims
  throw new LuaFailure('not a token')
}

function readExpected(options: LuaTable): Expected {
  const audience = options.get('audience')
  const leeway = options.get('leeway')
  return {
    issuer: textOf(options.get('issuer')),
    audiences: audience === undefined ? undefined : readAudiences(audience),
    leeway: typeof leeway === 'number' ? leeway : 0
  }
}

function readAudiences(value: LuaValue): string[] {
  if (typeof value !== 'object' || value.type !== 'table') return [textOf(value) ?? '']
  const texts: string[] = []
  for (let i = 1; i <= value.length(); i++) texts.push(textOf(value.get(i)) ?? '')
  return texts
}

const textOf = (value: LuaValue): string | undefined =>
  value === undefined ? undefined : toText(String(value))

const base64Url = (bytes: Buffer): string => bytes.toString('base64url')

export const jwtFunctions = (json: Json) => ({ sign: sign(json), verify: verify(json) })
