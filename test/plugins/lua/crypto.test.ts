import t from 'tap'
import { call, raw, rows } from './support/rows.js'

// Published test vectors: RFC 1321, FIPS 180, RFC 2202, RFC 4231.
t.test('digests of published test vectors', async t => {
  rows(
    t,
    'crypto.md5',
    [[''], 'd41d8cd98f00b204e9800998ecf8427e'],
    [['abc'], '900150983cd24fb0d6963f7d28e17f72']
  )
  rows(t, 'crypto.sha1', [['abc'], 'a9993e364706816aba3e25717850c26c9cd0d89d'])
  rows(t, 'crypto.sha256', [
    ['abc'],
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  ])
  rows(t, 'crypto.sha512', [
    ['abc'],
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f'
  ])
})

t.test('message authentication codes of published test vectors', async t => {
  rows(t, 'crypto.hmac_sha1', [
    ['what do ya want for nothing?', 'Jefe'],
    'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79'
  ])
  rows(t, 'crypto.hmac_sha256', [
    ['what do ya want for nothing?', 'Jefe'],
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  ])
  rows(t, 'crypto.hmac_sha512', [
    ['what do ya want for nothing?', 'Jefe'],
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737'
  ])
})

t.test('texts are taken as bytes', async t => {
  t.equal(raw('crypto', 'md5', '\xff\x00'), 'e0e8bfafbb0689563b2fba789c97b3cc')
  t.equal(
    raw('crypto', 'hmac_sha256', '\0\xff', '\xfe\x01'),
    '17ce5f8216330a3214fcfd0957d553ec782afd766b58ad433d31785920780168'
  )
})

t.test('a UUID is random and says that it is of version 4', async t => {
  const ids = Array.from({ length: 100 }, () => call('crypto.uuid') as string)
  for (const id of ids) {
    t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
  t.equal(new Set(ids).size, 100)
})
