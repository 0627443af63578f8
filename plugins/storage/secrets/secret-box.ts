/**
 * Encryption of environment variables at rest: AES-256-GCM with a random nonce for each value. Function id and
 * variable name are authenticated with it, so a value cannot be moved to another function or name. Stored as one byte
 * of format (1), nonce (12 bytes), ciphertext, tag (16 bytes). Rows of text are values from before encryption.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { MoonletError } from '../../../core/base/errors.js'

export interface SecretBox {
  seal(value: string, functionId: string, name: string): Uint8Array
  /** Throws STORAGE_FAILED when it was sealed with another key, or changed since. */
  open(stored: Uint8Array | string, functionId: string, name: string): string
}

const ALGORITHM = 'aes-256-gcm'
const FORMAT = 1
const NONCE = 12
const TAG = 16

/** `key` has 32 bytes. */
export function createSecretBox(key: Uint8Array): SecretBox {
  return {
    seal(value, functionId, name) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG }).setAAD(
        toContext(functionId, name)
      )
      return Buffer.concat([
        Buffer.of(FORMAT),
        nonce,
        cipher.update(value, 'utf8'),
        cipher.final(),
        cipher.getAuthTag()
      ])
    },
    open(stored, functionId, name) {
      if (typeof stored === 'string') return stored
      try {
        if (stored[0] !== FORMAT || stored.length < 1 + NONCE + TAG) {
          throw new Error('unknown format')
        }
        const end = stored.length - TAG
        const decipher = createDecipheriv(ALGORITHM, key, stored.subarray(1, 1 + NONCE), {
          authTagLength: TAG
        })
          .setAAD(toContext(functionId, name))
          .setAuthTag(stored.subarray(end))
        return (
          decipher.update(stored.subarray(1 + NONCE, end), undefined, 'utf8') +
          decipher.final('utf8')
        )
      } catch (cause) {
        throw new MoonletError(
          'STORAGE_FAILED',
          `The variable ${name} of the function ${functionId} cannot be decrypted: it was written with another key. ` +
            'Put the right key into SECRET_KEY or into secret.key in the data folder.',
          { cause }
        )
      }
    }
  }
}

const toContext = (functionId: string, name: string): Buffer =>
  Buffer.from(`${functionId}\0${name}`)
