import t from 'tap'
import { createAccessKey, hashAccessKey, readAccessKey } from '../../../core/access/access-key.js'

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

t.test('a key is read from either header', async t => {
  t.equal(readAccessKey({ authorization: 'Bearer mfk_1' }), 'mfk_1')
  t.equal(readAccessKey({ authorization: 'bearer  mfk_1 ' }), 'mfk_1')
  t.equal(readAccessKey({ 'x-function-key': 'mfk_1' }), 'mfk_1')
  t.equal(readAccessKey({ 'x-function-key': 'mfk_1', authorization: 'Bearer mfk_2' }), 'mfk_1')
  t.equal(readAccessKey({ 'x-function-key': '', authorization: 'Bearer mfk_2' }), 'mfk_2')
})

t.test('malformed headers carry none', async t => {
  for (const authorization of ['', 'Bearer', 'Bearer ', 'Basic bWZrXzE=', 'mfk_1', 'Bearer a b']) {
    t.equal(readAccessKey({ authorization }), undefined, authorization)
  }
  t.equal(readAccessKey({}), undefined)
})
