/** Signatures of JSON Web Tokens (RFC 7518, RFC 8037). */
import type { KeyObject } from 'node:crypto'
import { LuaMisuse } from '../../../core/lua/errors.js'
import { toBytes } from '../../../core/base/binary.js'
import { nodeCrypto } from '../../../core/base/node-crypto.js'

const MIN_RSA_BITS = 2048
const NAMES = ['HS256', 'RS256', 'ES256', 'EdDSA'] as const

export type AlgorithmName = (typeof NAMES)[number]

/** Throws LuaMisuse for any other, also for `none`. */
export function readAlgorithm(value: unknown, fn: string): AlgorithmName {
  const found = NAMES.find(name => name === value)
  if (found !== undefined) return found
  throw new LuaMisuse(
    `bad argument #3 to '${fn}' (field 'algorithm': ${NAMES.join(', ')} expected)`
  )
}

export function signature(algorithm: AlgorithmName, data: Buffer, key: string): Buffer {
  const { createHmac, createPrivateKey, sign } = nodeCrypto()
  if (algorithm === 'HS256') {
    return createHmac('sha256', readSecret(key, 'jwt.sign')).update(data).digest()
  }
  const secret = readKey(() => createPrivateKey(key), algorithm, 'jwt.sign', 'private')
  return sign(hashOf(algorithm), data, { key: secret, dsaEncoding: 'ieee-p1363' })
}

export function isSignature(
  algorithm: AlgorithmName,
  data: Buffer,
  key: string,
  given: Buffer
): boolean {
  const { createHmac, createPublicKey, timingSafeEqual, verify } = nodeCrypto()
  if (algorithm === 'HS256') {
    const right = createHmac('sha256', readSecret(key, 'jwt.verify')).update(data).digest()
    return right.length === given.length && timingSafeEqual(right, given)
  }
  const open = readKey(() => createPublicKey(key), algorithm, 'jwt.verify', 'public')
  return verify(hashOf(algorithm), data, { key: open, dsaEncoding: 'ieee-p1363' }, given)
}

const hashOf = (algorithm: AlgorithmName): string | null =>
  algorithm === 'EdDSA' ? null : 'sha256'

/** A key of the other algorithms is not a secret: holders of the public key could sign with it. */
function readSecret(key: string, fn: string): Buffer {
  if (key === '') throw new LuaMisuse(`bad argument #2 to '${fn}' (the secret is empty)`)
  if (key.includes('-----BEGIN ')) {
    throw new LuaMisuse(
      `bad argument #2 to '${fn}' (a secret expected for HS256, got a key in PEM)`
    )
  }
  return toBytes(key)
}

function readKey(
  read: () => KeyObject,
  algorithm: AlgorithmName,
  fn: string,
  kind: string
): KeyObject {
  let key: KeyObject | undefined
  try {
    key = read()
  } catch {
    // Told below, in words of ours.
  }
  if (key !== undefined && fits(key, algorithm)) return key
  throw new LuaMisuse(
    `bad argument #2 to '${fn}' (a ${kind} key in PEM for ${algorithm} expected${
      algorithm === 'RS256' ? `, of at least ${MIN_RSA_BITS} bits` : ''
    })`
  )
}

function fits(
  { asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject,
  algorithm: AlgorithmName
): boolean {
  switch (algorithm) {
    case 'RS256':
      return type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS
    case 'ES256':
      return type === 'ec' && details?.namedCurve === 'prime256v1'
    default:
      return type === 'ed25519'
  }
}
