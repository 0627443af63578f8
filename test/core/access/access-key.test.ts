import t from 'tap'
import { createAccessKey, hashAccessKey, readAccessKeys } from '../../../core/access/access-key.js'

t.test('a key is mfk_ and 32 random bytes', async t => {
  const keys = Array.from({ length: 100 }, createAccessKey)
  for (const key of keys) t.match(key, /^mfk_[\w-]{43}$/)
  t.equal(new Set(keys).size, 100)
})

t.test('equal keys have equal hashes, which do not contain them', async t => {
  const key = createAccessKey()
  t.equal(hashAccessKey(key), hashAccessKey(key))
  t.not(hashAccessKey(key), hashAccessKey(`${key}x`))
  t.equal(Buffer.from(hashAccessKey(key), 'base64').length, 32)
})

t.test('a key is read from either header, or from both', async t => {
  const own = { header: 'x-function-key', key: 'mfk_1' }
  const bearer = { header: 'authorization', key: 'mfk_2' }
  t.same(readAccessKeys({ authorization: 'Bearer mfk_2' }), [bearer])
  t.same(readAccessKeys({ authorization: 'bearer  mfk_2 ' }), [bearer])
  t.same(readAccessKeys({ 'x-function-key': 'mfk_1' }), [own])
  t.same(readAccessKeys({ 'x-function-key': 'mfk_1', authorization: 'Bearer mfk_2' }), [
    own,
    bearer
  ])
  t.same(readAccessKeys({ 'x-function-key': 'mfk_1', authorization: 'Basic x' }), [own])
})

t.test('malformed headers carry none', async t => {
  for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic bWZrXzE=', 'mfk_1', 'Bearer a b']) {
    t.same(readAccessKeys({ authorization }), [], authorization)
  }
  t.same(readAccessKeys({}), [])
})
