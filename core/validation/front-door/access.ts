/** Who may call a function. */
import {
  accessModes,
  signatureAlgorithms,
  signatureEncodings,
  signaturePresets,
  type Access,
  type SignatureAccess
} from '../../contracts/front-door.js'
import { limits } from '../limits.js'
import { refuse } from '../text.js'
import { isHeaderName, readFields, readOneOf, type Fields } from './fields.js'

const FIELD = 'access'
const signatureFields = ['mode', 'preset', 'secret']
const genericFields = [...signatureFields, 'header', 'algorithm', 'encoding', 'prefix']

export function readAccess(value: unknown): Access {
  const fields = readFields(FIELD, value, genericFields)
  const mode = readOneOf(FIELD, 'mode', fields.mode, accessModes)
  if (mode === 'signature') return readSignature(value, fields)
  readFields(FIELD, value, ['mode'])
  return { mode }
}

function readSignature(value: unknown, fields: Fields): SignatureAccess {
  const preset = readOneOf(FIELD, 'preset', fields.preset, signaturePresets)
  const secret = readSecretName(fields.secret)
  if (preset === 'generic') {
    return {
      mode: 'signature',
      preset,
      secret,
      header: readHeader(fields.header),
      algorithm: readOneOf(FIELD, 'algorithm', fields.algorithm ?? 'sha256', signatureAlgorithms),
      encoding: readOneOf(FIELD, 'encoding', fields.encoding ?? 'hex', signatureEncodings),
      prefix: readPrefix(fields.prefix ?? '')
    }
  }
  readFields(FIELD, value, signatureFields)
  return { mode: 'signature', preset, secret }
}

function readSecretName(name: unknown): string {
  const isName = typeof name === 'string' && /^\w+$/.test(name) && name.length <= limits.envKeyBytes
  return isName
    ? name
    : refuse(FIELD, 'secret must be the name of one of the environment variables of the function')
}

function readHeader(header: unknown): string {
  return typeof header === 'string' && isHeaderName(header)
    ? header
    : refuse(FIELD, 'header must be the name of the header that carries the signature')
}

function readPrefix(prefix: unknown): string {
  return typeof prefix === 'string' && /^[\x21-\x7e]{0,100}$/.test(prefix)
    ? prefix
    : refuse(FIELD, 'prefix must be a text of at most 100 visible ASCII characters')
}
