import t from 'tap'
import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  verify,
  type KeyObject
} from 'node:crypto'
import { luaRows, startLua } from './support/lua-checks.js'

const pem = ({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }) => ({
  open: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  secret: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
})

const keys = {
  RS256: pem(generateKeyPairSync('rsa', { modulusLength: 2048 })),
  ES256: pem(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  EdDSA: pem(generateKeyPairSync('ed25519'))
}
const short = pem(generateKeyPairSync('rsa', { modulusLength: 1024 }))
const p384 = pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }))

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function hs256(header: unknown, claims: unknown, secret = 's'): string {
  const data = `${part(header)}.${part(claims)}`
  return `${data}.${createHmac('sha256', secret).update(data).digest('base64url')}`
}

const HS = '{ algorithm = "HS256" }'
const header = { alg: 'HS256', typ: 'JWT' }

t.test('the token of the JWT site is verified', async t => {
  const token =
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c'
  await luaRows(t, await startLua(t), [
    [`jwt.verify("${token}", "your-256-bit-secret", ${HS}).name`, 'John Doe'],
    [`jwt.verify("${token}", "another", ${HS})`, /^nil\|the signature of the token is wrong/]
  ])
})

for (const [algorithm, { open, secret }] of Object.entries(keys)) {
  t.test(`a token signed with ${algorithm} is verified with its public key`, async t => {
    const rig = await startLua(t)
    const sign = `jwt.sign({ sub = "ü" }, [[${secret}]], { algorithm = "${algorithm}", keyId = "k1" })`
    const options = `{ algorithm = "${algorithm}" }`
    await luaRows(t, rig, [
      [`jwt.verify(${sign}, [[${open}]], ${options}).sub`, 'ü'],
      [`jwt.verify(${sign}:gsub(".$", ""), [[${open}]], ${options})`, /^nil\|/],
      [
        `jwt.verify(${sign}, "x", ${options})`,
        /^!.*bad argument #2 to 'jwt.verify' \(a public key/
      ],
      [`jwt.sign({}, "x", ${options})`, /^!.*bad argument #2 to 'jwt.sign' \(a private key/],
      [
        `jwt.verify(${sign}, [[${open}]], ${HS})`,
        /^!.*a secret expected for HS256, got a key in PEM/
      ]
    ])
    const token = await rig.body(`function handler() return { body = ${sign} } end`)
    const [head = '', payload = '', signature = ''] = token.split('.')
    t.same(JSON.parse(Buffer.from(head, 'base64url').toString()), {
      alg: algorithm,
      typ: 'JWT',
      kid: 'k1'
    })
    const isRight = verify(
      algorithm === 'EdDSA' ? null : 'sha256',
      Buffer.from(`${head}.${payload}`),
      { key: createPublicKey(open), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url')
    )
    t.ok(isRight, 'others can verify it')
  })
}

t.test('claims are held to the clock and to what the verifier expects', async t => {
  const now = Math.floor(Date.now() / 1000)
  const claims = (value: object, options = '') =>
    `jwt.verify("${hs256(header, value)}", "s", { algorithm = "HS256"${options} })`
  await luaRows(t, await startLua(t), [
    [`${claims({ exp: now + 600, sub: 'a' })}.sub`, 'a'],
    [claims({ exp: now - 5 }), 'nil|the token has expired'],
    [`type(${claims({ exp: now - 5 }, ', leeway = 600')})`, 'table'],
    [claims({ exp: 'never' }), /^nil\|the token's claim 'exp' is no number/],
    [claims({ nbf: now + 600 }), 'nil|the token is not valid yet'],
    [`type(${claims({ nbf: now - 1 })})`, 'table'],
    [`type(${claims({ iss: 'me' }, ', issuer = "me"')})`, 'table'],
    [claims({ iss: 'you' }, ', issuer = "me"'), 'nil|the token is of another issuer'],
    [claims({}, ', issuer = "me"'), 'nil|the token is of another issuer'],
    [`type(${claims({ aud: 'a' }, ', audience = "a"')})`, 'table'],
    [`type(${claims({ aud: ['x', 'a'] }, ', audience = { "b", "a" }')})`, 'table'],
    [claims({ aud: 'b' }, ', audience = "a"'), 'nil|the token is for another audience'],
    [claims({}, ', audience = "a"'), 'nil|the token is for another audience'],
    [claims({}, ', audience = {}'), 'nil|the token is for another audience'],
    [`json.encode(${claims({ list: [], none: null })})`, '{"list":[],"none":null}'],
    [
      `jwt.verify(jwt.sign({ a = 1 }, "s", { algorithm = "HS256", expiresIn = 60 }), "s", ${HS}).exp > ${now + 50}`,
      'true'
    ],
    [
      `jwt.verify(jwt.sign({ a = 1 }, "s", { algorithm = "HS256", expiresIn = 0 }), "s", ${HS})`,
      'nil|the token has expired'
    ]
  ])
})

t.test('a token has no say in its algorithm', async t => {
  const none = `${part({ alg: 'none' })}.${part({ sub: 'admin' })}.`
  const confused = hs256(header, { sub: 'admin' }, keys.RS256.open)
  await luaRows(t, await startLua(t), [
    [`jwt.verify("${none}", "s", ${HS})`, /^nil\|the token is of another algorithm/],
    [
      `jwt.verify("${none}", "s", { algorithm = "none" })`,
      /^!.*bad argument #3 to 'jwt.verify' \(field 'algorithm'/
    ],
    [
      `jwt.sign({}, "s", { algorithm = "none" })`,
      /^!.*bad argument #3 to 'jwt.sign' \(field 'algorithm'/
    ],
    [`jwt.verify("${none}", "s", {})`, /^!.*bad argument #3 to 'jwt.verify'/],
    [`jwt.verify("${none}", "s")`, /^!.*bad argument #3 to 'jwt.verify'/],
    [
      `jwt.verify("${confused}", [[${keys.RS256.open}]], { algorithm = "RS256" })`,
      /^nil\|the token is of another algorithm/
    ],
    [
      `jwt.verify("${hs256({ alg: 'HS512' }, {})}", "s", ${HS})`,
      /^nil\|the token is of another algorithm/
    ],
    [
      `jwt.verify("${hs256({ ...header, crit: ['x'] }, {})}", "s", ${HS})`,
      /^nil\|the token has critical headers/
    ]
  ])
})

t.test('what is no token, and keys that are too weak, are refused', async t => {
  const good = hs256(header, {})
  await luaRows(t, await startLua(t), [
    ...['', 'x', 'a.b', 'a.b.c', '..', `${good}.x`, `${good} `, `${part([])}.${part({})}.x`].map(
      token => [`jwt.verify("${token}", "s", ${HS})`, /^nil\|not a token/] as const
    ),
    [`jwt.verify("${hs256(header, [1])}", "s", ${HS})`, /^nil\|not a token/],
    [`jwt.verify("${good}", "", ${HS})`, /^!.*the secret is empty/],
    [`jwt.sign({}, "", ${HS})`, /^!.*the secret is empty/],
    [`jwt.sign({ 1, 2 }, "s", ${HS})`, /^!.*bad argument #1 to 'jwt.sign'/],
    [`jwt.sign({ a = 0/0 }, "s", ${HS})`, /^!.*jwt.sign: JSON has no NaN/],
    [`jwt.sign({}, [[${short.secret}]], { algorithm = "RS256" })`, /^!.*of at least 2048 bits/],
    [
      `jwt.sign({}, [[${p384.secret}]], { algorithm = "ES256" })`,
      /^!.*a private key in PEM for ES256/
    ]
  ])
})
