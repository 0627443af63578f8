import t from 'tap'
import { createHash, createHmac, scryptSync } from 'node:crypto'
import { luaRows, startLua } from './support/lua-checks.js'

const b64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

t.test('digests are written as asked for', async t => {
  const md5 = createHash('md5').update('hello').digest()
  const mac = createHmac('sha512', 'k').update('hello').digest()
  await luaRows(t, await startLua(t), [
    [`crypto.md5("hello")`, md5.toString('hex')],
    [`crypto.md5("hello", "hex")`, md5.toString('hex')],
    [`base64.encode(crypto.md5("hello", "raw"))`, md5.toString('base64')],
    [`crypto.md5("hello", "base64")`, md5.toString('base64')],
    [`#crypto.sha512("", "raw"), #crypto.sha1("", "raw"), #crypto.sha256("", "raw")`, '64|20|32'],
    [`crypto.hmac_sha512("hello", "k", "base64")`, mac.toString('base64')],
    [`crypto.hmac_sha512("hello", "k", "base64url")`, mac.toString('base64url')],
    [`crypto.md5("hello", "HEX")`, /^!.*bad argument #2 to 'crypto.md5' \(hex, raw/],
    [`crypto.hmac_sha1("a", "b", "x")`, /^!.*bad argument #3 to 'crypto.hmac_sha1'/],
    [
      `crypto.equal("abc", "abc"), crypto.equal("abc", "abd"), crypto.equal("abc", "ab"), crypto.equal("", "")`,
      'true|false|false|true'
    ],
    [`crypto.equal("abc")`, /^!.*bad argument #2 to 'crypto.equal'/]
  ])
})

t.test('what was encrypted is decrypted with the same key and context alone', async t => {
  await luaRows(
    t,
    await startLua(t),
    [
      [`crypto.decrypt(crypto.encrypt("hello", key), key)`, 'hello'],
      [`crypto.decrypt(crypto.encrypt("", key), key) == ""`, 'true'],
      [`crypto.decrypt(crypto.encrypt("x", key, "a"), key, "a")`, 'x'],
      [`crypto.decrypt(crypto.encrypt("x", ("k"):rep(32)), ("k"):rep(32))`, 'x'],
      [`crypto.decrypt(crypto.encrypt("x", base64.encode(("k"):rep(32))), ("k"):rep(32))`, 'x'],
      [
        `#crypto.encrypt("hello", key), crypto.encrypt("x", key) == crypto.encrypt("x", key)`,
        '33|false'
      ],
      [`crypto.decrypt(crypto.encrypt("x", key, "a"), key, "b")`, /^nil\|not decrypted/],
      [`crypto.decrypt(crypto.encrypt("x", key), random.hex(32))`, /^nil\|not decrypted/],
      [`crypto.decrypt(crypto.encrypt("x", key) .. "y", key)`, /^nil\|not decrypted/],
      [`crypto.decrypt(crypto.encrypt("xyz", key):sub(1, 27), key)`, /^nil\|not decrypted/],
      [`crypto.decrypt("", key)`, /^nil\|not decrypted/],
      [
        `crypto.encrypt("x", "short")`,
        /^!.*bad argument #2 to 'crypto.encrypt' \(a key of 32 bytes/
      ],
      [
        `crypto.decrypt("x", ("z"):rep(64))`,
        /^!.*bad argument #2 to 'crypto.decrypt' \(a key of 32 bytes/
      ]
    ],
    'local key = random.hex(32)'
  )
})

// RFC 8032, 7.1, test 2.
t.test('Ed25519 signatures are those of the published test vector', async t => {
  await luaRows(
    t,
    await startLua(t),
    [
      [
        `crypto.ed25519Sign("\\x72", secret)`,
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'
      ],
      [
        `crypto.ed25519Verify("x", crypto.ed25519Sign("x", keys.privateKey), keys.publicKey)`,
        'true'
      ],
      [
        `crypto.ed25519Verify("x", crypto.ed25519Sign("x", keys.privateKey, "raw"), keys.publicKey, "raw")`,
        'true'
      ],
      [
        `crypto.ed25519Verify("y", crypto.ed25519Sign("x", keys.privateKey), keys.publicKey)`,
        'false'
      ],
      [`crypto.ed25519Verify("x", "zz", keys.publicKey)`, 'false'],
      [`crypto.ed25519Verify("x", "", keys.publicKey)`, 'false'],
      [
        `crypto.ed25519Sign("x", "none")`,
        /^!.*bad argument #2 to 'crypto.ed25519Sign' \(an Ed25519 private key/
      ],
      [`crypto.ed25519Sign("x", keys.publicKey)`, /^!.*bad argument #2 to 'crypto.ed25519Sign'/],
      [`crypto.ed25519Verify("x", "00", "none")`, /^!.*bad argument #3 to 'crypto.ed25519Verify'/],
      [`crypto.ed25519KeyPair().privateKey == keys.privateKey`, 'false']
    ],
    `local der = "302e020100300506032b6570042204204ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
    local bytes = der:gsub("%x%x", function(hex) return string.char(tonumber(hex, 16)) end)
    local secret = "-----BEGIN PRIVATE KEY-----\\n" .. base64.encode(bytes) .. "\\n-----END PRIVATE KEY-----\\n"
    local keys = crypto.ed25519KeyPair()`
  )
})

t.test('passwords are hashed with scrypt in the PHC form', async t => {
  const salt = Buffer.from('0123456789abcdef')
  const options = { N: 1024, r: 8, p: 16 }
  const known = `$scrypt$ln=10,r=8,p=16$${b64(salt)}$${b64(scryptSync('secret', salt, 64, options))}`
  await luaRows(
    t,
    await startLua(t),
    [
      [`hash:match("^%$scrypt%$ln=%d+,r=8,p=%d+%$[%w+/]+%$[%w+/]+$") == hash`, 'true'],
      [
        `crypto.verifyPassword("pass wörd", hash), crypto.verifyPassword("pass", hash)`,
        'true|false'
      ],
      [`crypto.hashPassword("pass wörd") == hash`, 'false'],
      [`crypto.verifyPassword("secret", "${known}")`, 'true'],
      [`crypto.verifyPassword("Secret", "${known}")`, 'false'],
      [
        `crypto.verifyPassword("x", "$2b$10$abc")`,
        /^!.*bad argument #2 to 'crypto.verifyPassword'/
      ],
      [`crypto.verifyPassword("x", "${known.replace('ln=10', 'ln=30')}")`, /^!.*at most 32 MiB/],
      [`crypto.verifyPassword("x", "${known.replace('p=16', 'p=99')}")`, /^!.*at most 32 MiB/],
      [`crypto.hashPassword()`, /^!.*bad argument #1 to 'crypto.hashPassword'/]
    ],
    'local hash = crypto.hashPassword("pass wörd")'
  )
})
