/** Signatures by Ed25519 (RFC 8032), with keys as PEM. */
import type { KeyObject } from 'node:crypto'
import { LuaMisuse } from '../../../core/lua/errors.js'
import { toBytes } from '../../../core/base/binary.js'
import { nodeCrypto } from '../../../core/base/node-crypto.js'
import { randomBytes } from '../random-bytes.js'
import { decodeBytes, encodeBytes, readEncoding } from './encoding.js'

/** What stands in front of the 32 secret bytes in PKCS #8. */
const PKCS8_PREFIX = '302e020100300506032b657004220420'

export function createKeyPair(): { readonly publicKey: string; readonly privateKey: string } {
  const { createPrivateKey, createPublicKey } = nodeCrypto()
  const der = Buffer.concat([Buffer.from(PKCS8_PREFIX, 'hex'), randomBytes(32)])
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return {
    publicKey: createPublicKey(secret).export({ type: 'spki', format: 'pem' }).toString(),
    privateKey: secret.export({ type: 'pkcs8', format: 'pem' }).toString()
  }
}

export function sign(message: string, privateKey: string, encoding: string | undefined): string {
  const name = 'crypto.ed25519Sign'
  const form = readEncoding(encoding, 3, name)
  const key = readKey(() => nodeCrypto().createPrivateKey(privateKey), 2, name, 'private')
  return encodeBytes(nodeCrypto().sign(null, toBytes(message), key), form)
}

export function verify(
  message: string,
  signature: string,
  publicKey: string,
  encoding: string | undefined
): boolean {
  const name = 'crypto.ed25519Verify'
  const form = readEncoding(encoding, 4, name)
  const key = readKey(() => nodeCrypto().createPublicKey(publicKey), 3, name, 'public')
  const bytes = decodeBytes(signature, form)
  return bytes !== undefined && nodeCrypto().verify(null, toBytes(message), key, bytes)
}

function readKey(read: () => KeyObject, index: number, name: string, kind: string): KeyObject {
  let key: KeyObject | undefined
  try {
    key = read()
  } catch {
    // Told below, in words of ours.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key
  throw new LuaMisuse(
    `bad argument #${index} to '${name}' (an Ed25519 ${kind} key in PEM expected)`
  )
}
