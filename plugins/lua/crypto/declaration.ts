import { Bytes, Text } from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

const digest = (name: string, title: string, length: number, note = '') =>
  local({
    doc: `The ${title} digest of a text's bytes.${note}`,
    params: [param('text', Bytes(), 'Any bytes.')],
    returns: Text(),
    returnDoc: `${length} lower-case hexadecimal digits.`,
    example: `return { body = crypto.${name}("hello") }`
  })

const hmac = (name: string, title: string, length: number) =>
  local({
    doc: `The HMAC-${title} of a message. For signing requests and checking the signature of webhooks.`,
    params: [
      param('message', Bytes(), 'Any bytes.'),
      param('key', Bytes(), 'The secret; any bytes.')
    ],
    returns: Text(),
    returnDoc: `${length} lower-case hexadecimal digits.`,
    example: `local signature = crypto.${name}(event.body, "my secret")
if event.headers["X-Signature"] ~= signature then
  return { statusCode = 401, body = "wrong signature" }
end
return { body = "welcome" }`
  })

const broken = ' Only for checksums and old protocols: it protects nothing.'

export const crypto = luaModule('crypto', {
  doc: 'Digests, message authentication codes and random ids.',
  functions: {
    md5: digest('md5', 'MD5', 32, broken),
    sha1: digest('sha1', 'SHA-1', 40, broken),
    sha256: digest('sha256', 'SHA-256', 64),
    sha512: digest('sha512', 'SHA-512', 128),
    hmac_sha1: hmac('hmac_sha1', 'SHA-1', 40),
    hmac_sha256: hmac('hmac_sha256', 'SHA-256', 64),
    hmac_sha512: hmac('hmac_sha512', 'SHA-512', 128),
    uuid: local({
      doc: 'Makes a random UUID (version 4) from a secure source.',
      params: [],
      returns: Text(),
      returnDoc: 'Such as `f47ac10b-58cc-4372-a567-0e02b2c3d479`.',
      example: 'return { body = crypto.uuid() }'
    })
  }
})
