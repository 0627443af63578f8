/** AES-256-GCM. What is encrypted is its nonce, the ciphertext and the tag, in this order. */
import { LuaFailure, LuaMisuse } from '../../../core/lua/errors.js'
import { fromBytes, toBytes } from '../../../core/base/binary.js'
import { nodeCrypto } from '../../../core/base/node-crypto.js'
import { randomBytes } from '../random-bytes.js'
import { checkLength } from '../native.js'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const AES = 'aes-256-gcm'

export function encrypt(text: string, key: string, context = ''): string {
  checkLength(text.length + NONCE_BYTES + TAG_BYTES, 'crypto.encrypt')
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = nodeCrypto().createCipheriv(AES, readKey(key, 'crypto.encrypt'), nonce)
  cipher.setAAD(toBytes(context))
  const parts = [nonce, cipher.update(text, 'latin1'), cipher.final(), cipher.getAuthTag()]
  return fromBytes(Buffer.concat(parts))
}

/** Throws LuaFailure for what was not encrypted with this key and context, or was changed. */
export function decrypt(text: string, key: string, context = ''): string {
  const secret = readKey(key, 'crypto.decrypt')
  const bytes = toBytes(text)
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw failure()
  const end = bytes.length - TAG_BYTES
  const decipher = nodeCrypto().createDecipheriv(AES, secret, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES
  })
  decipher.setAAD(toBytes(context))
  decipher.setAuthTag(bytes.subarray(end))
  const plain = decipher.update(bytes.subarray(NONCE_BYTES, end))
  try {
    return fromBytes(Buffer.concat([plain, decipher.final()]))
  } catch {
    throw failure()
  }
}

const failure = (): LuaFailure =>
  new LuaFailure('not decrypted: another key or context, or the text was changed')

/** The bytes themselves, or their hexadecimal digits, or base64; which is plain by the length. */
function readKey(key: string, name: string): Buffer {
  if (key.length === KEY_BYTES) return toBytes(key)
  const isHex = /^[0-9a-fA-F]{64}$/.test(key)
  const bytes = isHex ? Buffer.from(key, 'hex') : Buffer.from(key, 'base64')
  const isKey = isHex || /^[A-Za-z0-9+/\-_]{43}=?$/.test(key)
  if (isKey && bytes.length === KEY_BYTES) return bytes
  throw new LuaMisuse(
    `bad argument #2 to '${name}' (a key of ${KEY_BYTES} bytes expected: raw, hexadecimal or base64)`
  )
}
