/** `crypto` in the sandbox. */
import { toBytes } from '../../../core/base/binary.js'
import { native } from '../native.js'
import { decrypt, encrypt } from './cipher.js'
import { createKeyPair, sign, verify } from './ed25519.js'
import { encodeBytes, readEncoding } from './encoding.js'
import { hashPassword, verifyPassword } from './password.js'
import { nodeCrypto } from '../../../core/base/node-crypto.js'
import { randomBytes } from '../random-bytes.js'

const hash = (algorithm: string) =>
  native((text: string, encoding?: string) => {
    const form = readEncoding(encoding, 2, `crypto.${algorithm}`)
    return encodeBytes(nodeCrypto().createHash(algorithm).update(text, 'latin1').digest(), form)
  })

const hmac = (algorithm: string) =>
  native((message: string, key: string, encoding?: string) => {
    const form = readEncoding(encoding, 3, `crypto.hmac_${algorithm}`)
    const code = nodeCrypto().createHmac(algorithm, toBytes(key)).update(message, 'latin1').digest()
    return encodeBytes(code, form)
  })

/** Takes as long wherever the first difference is; lengths are not secret. */
const equal = native(
  (a: string, b: string) =>
    a.length === b.length && nodeCrypto().timingSafeEqual(toBytes(a), toBytes(b))
)

/** RFC 9562, version 4. */
const uuid = native(() => {
  const bytes = randomBytes(16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20)
  ].join('-')
})

export const functions = {
  md5: hash('md5'),
  sha1: hash('sha1'),
  sha256: hash('sha256'),
  sha512: hash('sha512'),
  hmac_sha1: hmac('sha1'),
  hmac_sha256: hmac('sha256'),
  hmac_sha512: hmac('sha512'),
  uuid,
  equal,
  encrypt: native(encrypt),
  decrypt: native(decrypt),
  ed25519KeyPair: native(() => ({ ...createKeyPair() })),
  ed25519Sign: native(sign),
  ed25519Verify: native(verify),
  hashPassword: native(hashPassword),
  verifyPassword: native(verifyPassword)
}
