/** Passwords by scrypt (RFC 7914), as texts of the PHC string format. */
import { LuaMisuse } from '../../../core/lua/errors.js'
import { toBytes } from '../../../core/base/binary.js'
import { nodeCrypto } from '../../../core/base/node-crypto.js'
import { randomBytes } from '../random-bytes.js'

/** 16 MiB of memory and some tenths of a second, as OWASP recommends. */
const COST = { ln: 14, r: 8, p: 5 }
const SALT_BYTES = 16
const HASH_BYTES = 32
/** Of a hash that comes from elsewhere. */
const MAX_MEMORY = 32 * 1024 ** 2
const MAX_PARALLEL = 16

const PHC =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

interface Cost {
  readonly ln: number
  readonly r: number
  readonly p: number
}

const derive = (password: string, salt: Buffer, length: number, { ln, r, p }: Cost): Buffer =>
  nodeCrypto().scryptSync(toBytes(password), salt, length, {
    N: 2 ** ln,
    r,
    p,
    maxmem: 2 * MAX_MEMORY
  })

export function hashPassword(password: string): string {
  const salt = randomBytes(SALT_BYTES)
  const hash = derive(password, salt, HASH_BYTES, COST)
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${unpadded(salt)}$${unpadded(hash)}`
}

/** Throws LuaMisuse for a text that is not a hash, or takes more than a run should. */
export function verifyPassword(password: string, text: string): boolean {
  const [, ln, r, p, salt, hash] = PHC.exec(text) ?? []
  if (salt === undefined || hash === undefined) throw noHash('a hash of crypto.hashPassword')
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) }
  const memory = 128 * cost.r * 2 ** cost.ln
  const isPossible = cost.ln >= 1 && cost.r >= 1 && cost.p >= 1
  if (!isPossible || memory > MAX_MEMORY || cost.p > MAX_PARALLEL) {
    throw noHash(`a hash that takes at most ${MAX_MEMORY / 1024 ** 2} MiB and p=${MAX_PARALLEL}`)
  }
  const want = Buffer.from(hash, 'base64')
  const got = derive(password, Buffer.from(salt, 'base64'), want.length, cost)
  return nodeCrypto().timingSafeEqual(got, want)
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

const noHash = (expected: string): LuaMisuse =>
  new LuaMisuse(`bad argument #2 to 'crypto.verifyPassword' (${expected} expected)`)
