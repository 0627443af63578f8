/**
 * Encryption at rest: AES-256-GCM with a random nonce for each value. Function id and variable name are authenticated
 * with a variable, so it cannot be moved to another function or name; the same goes for the context of other bytes.
 * Stored as one byte of format (1), nonce (12 bytes), ciphertext, tag (16 bytes). Rows of text are variables from
 * before encryption.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { MoonletError } from '../../../core/base/errors.js'

/** STORAGE_FAILED for what was sealed with another key, or changed since. */
export class WrongKeyError extends MoonletError {
  constructor(what: string, cause: unknown) {
    const words =
      `${what} cannot be decrypted: it was written with another key. ` +
      'Put the right key into SECRET_KEY or into secret.key in the data folder.'
    super('STORAGE_FAILED', words, { cause })
  }
}

export interface SecretBox {
  /** An empty `functionId` stands for all functions. */
  seal(value: string, functionId: string, name: string): Uint8Array
  /** Throws a WrongKeyError when it was sealed with another key, or changed since. */
  open(stored: Uint8Array | string, functionId: string, name: string): string
  /** `context` is authenticated with them. */
  sealBytes(bytes: Uint8Array, context: string): Uint8Array
  /** Throws as `open` does; `what` is what they are called then. */
  openBytes(sealed: Uint8Array, context: string, what: string): Buffer
}

const ALGORITHM = 'aes-256-gcm'
const FORMAT = 1
const NONCE = 12
const TAG = 16

/** `key` has 32 bytes. */
export function createSecretBox(key: Uint8Array): SecretBox {
  const sealBytes = (bytes: Uint8Array, context: string): Uint8Array => {
    const nonce = randomBytes(NONCE)
    const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG }).setAAD(
      Buffer.from(context)
    )
    const head = Buffer.of(FORMAT)
    return Buffer.concat([head, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  }
  const openBytes = (sealed: Uint8Array, context: string, what: string): Buffer => {
    try {
      return decrypt(key, sealed, context)
    } catch (cause) {
      throw new WrongKeyError(what, cause)
    }
  }
  return {
    sealBytes,
    openBytes,
    seal: (value, functionId, name) => sealBytes(Buffer.from(value), toContext(functionId, name)),
    open(stored, functionId, name) {
      if (typeof stored === 'string') return stored
      const what =
        functionId === ''
          ? `The shared variable ${name}`
          : `The variable ${name} of the function ${functionId}`
      return openBytes(stored, toContext(functionId, name), what).toString('utf8')
    }
  }
}

/** Throws when the bytes were sealed with another key or context, or changed since. */
function decrypt(key: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  if (sealed[0] !== FORMAT || sealed.length < 1 + NONCE + TAG) throw new Error('unknown format')
  const end = sealed.length - TAG
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(1, 1 + NONCE), {
    authTagLength: TAG
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(sealed.subarray(end))
  return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE, end)), decipher.final()])
}

const toContext = (functionId: string, name: string): string => `${functionId}\0${name}`
