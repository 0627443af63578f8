import { Bool, Bytes, Fields, Optional, Text, field } from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

const encoding = param(
  'encoding',
  Optional(Text()),
  'How the result is written: `hex` (if left out), `raw` bytes, `base64` or `base64url`.'
)

const digest = (name: string, title: string, length: number, note = '') =>
  local({
    doc: `The ${title} digest of a text's bytes.${note}`,
    params: [param('text', Bytes(), 'Any bytes.'), encoding],
    returns: Bytes(),
    returnDoc: `${length} lower-case hexadecimal digits, or as asked for.`,
    example: `return { body = crypto.${name}("hello") }`
  })

const hmac = (name: string, title: string, length: number) =>
  local({
    doc: `The HMAC-${title} of a message. For signing requests and checking the signature of webhooks.`,
    params: [
      param('message', Bytes(), 'Any bytes.'),
      param('key', Bytes(), 'The secret; any bytes.'),
      encoding
    ],
    returns: Bytes(),
    returnDoc: `${length} lower-case hexadecimal digits, or as asked for.`,
    example: `local signature = crypto.${name}(event.body, "my secret")
if not crypto.equal(event.headers["X-Signature"] or "", signature) then
  return { statusCode = 401, body = "wrong signature" }
end
return { body = "welcome" }`
  })

const broken = ' Only for checksums and old protocols: it protects nothing.'

const message = param('message', Bytes(), 'Any bytes.')

const cipherParams = [
  param('key', Bytes(), 'The secret of 32 bytes: raw, as 64 hexadecimal digits or as base64.'),
  param(
    'context',
    Optional(Bytes()),
    'What the text belongs to, such as a user id: decrypting takes the same.'
  )
] as const

const KeyPair = Fields(
  {
    publicKey: field(Text(), 'PEM (SPKI).'),
    privateKey: field(Text(), 'PEM (PKCS #8); keep it secret.')
  },
  'KeyPair'
)

export const crypto = luaModule('crypto', {
  doc: 'Digests, signatures, encryption, passwords and random ids.',
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
    }),
    equal: local({
      doc:
        'Compares two secrets in a time that does not tell where they differ. For signatures and ' +
        'tokens, where `==` would help to guess.',
      params: [param('a', Bytes(), 'Any bytes.'), param('b', Bytes(), 'Any bytes.')],
      returns: Bool,
      example: `if not crypto.equal(event:header("x-token") or "", "the token") then
  return { statusCode = 401 }
end
return { body = "welcome" }`
    }),
    encrypt: local({
      doc:
        'Encrypts a text with AES-256-GCM and a random nonce. Raises when the key does not have 32 ' +
        'bytes.',
      params: [param('text', Bytes(), 'Any bytes.'), ...cipherParams],
      returns: Bytes(),
      returnDoc: 'Nonce (12 bytes), ciphertext and tag (16 bytes).',
      example: `local key = random.hex(32)  -- kept in env
return { body = crypto.decrypt(crypto.encrypt("hello", key), key) }`
    }),
    decrypt: local({
      doc: 'Decrypts what `crypto.encrypt` made. Fails with another key or context, and when it was changed.',
      params: [param('text', Bytes(), 'Nonce, ciphertext and tag.'), ...cipherParams],
      returns: Bytes(),
      fails: true,
      example: `local key = random.hex(32)  -- kept in env
local text, err = crypto.decrypt(crypto.encrypt("hello", key, "user 1"), key, "user 1")
return { body = text or err }  -- hello`
    }),
    ed25519KeyPair: local({
      doc: 'Makes the keys of Ed25519 signatures.',
      params: [],
      returns: KeyPair,
      example: 'return { body = crypto.ed25519KeyPair().publicKey }'
    }),
    ed25519Sign: local({
      doc: 'Signs a message with an Ed25519 key. Raises when the key is another one.',
      params: [message, param('privateKey', Text(), 'PEM (PKCS #8).'), encoding],
      returns: Bytes(),
      returnDoc: 'The signature of 64 bytes.',
      example: `local keys = crypto.ed25519KeyPair()
return { body = crypto.ed25519Sign("hello", keys.privateKey, "base64") }`
    }),
    ed25519Verify: local({
      doc: 'Whether an Ed25519 signature is that of a message. Raises when the key is another one.',
      params: [
        message,
        param('signature', Bytes(), 'The signature, written as `encoding` says.'),
        param('publicKey', Text(), 'PEM (SPKI).'),
        encoding
      ],
      returns: Bool,
      example: `local keys = crypto.ed25519KeyPair()
local signature = crypto.ed25519Sign("hello", keys.privateKey)
return { body = tostring(crypto.ed25519Verify("hello", signature, keys.publicKey)) }  -- true`
    }),
    hashPassword: local({
      doc:
        'Makes of a password what can be stored, with scrypt and a random salt. It takes some tenths ' +
        'of a second, on purpose.',
      params: [param('password', Bytes(), 'The password.')],
      returns: Text(),
      returnDoc: 'In PHC string format: `$scrypt$ln=14,r=8,p=5$…$…`.',
      example:
        'return { body = crypto.hashPassword("correct horse") }  -- ...$scrypt$ln=14,r=8,p=5$'
    }),
    verifyPassword: local({
      doc: 'Whether a password is the one that was hashed. Raises when `hash` is no such hash.',
      params: [
        param('password', Bytes(), 'The password.'),
        param('hash', Text(), 'What `crypto.hashPassword` gave.')
      ],
      returns: Bool,
      example: `local hash = crypto.hashPassword("correct horse")
return { body = tostring(crypto.verifyPassword("correct horse", hash)) }  -- true`
    })
  }
})
