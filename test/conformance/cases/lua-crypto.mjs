// crypto: digests, HMACs, UUIDs. Expected digests come from node:crypto.
import { createHash, createHmac } from 'node:crypto'
import { lua, luaRows } from '../lib/dsl.mjs'

export const area = 'lua-crypto'

const digest = (name, options, fn, algorithm) => {
  const want = text => createHash(algorithm).update(text).digest('hex')
  return luaRows(
    name,
    options,
    [`crypto.${fn}("")`, want('')],
    [`crypto.${fn}("hello")`, want('hello')],
    [`crypto.${fn}("héé漢")`, want('héé漢')],
    [`crypto.${fn}("\\0\\255\\128x")`, want(Buffer.from([0, 255, 128, 120]))]
  )
}

const mac = (name, options, fn, algorithm) => {
  const want = (message, key) => createHmac(algorithm, key).update(message).digest('hex')
  return luaRows(
    name,
    options,
    [`crypto.${fn}("message", "key")`, want('message', 'key')],
    [`crypto.${fn}("key", "message")`, want('key', 'message')],
    [`crypto.${fn}("", "")`, want('', '')],
    [`crypto.${fn}("m", string.rep("k", 200))`, want('m', 'k'.repeat(200))],
    [`crypto.${fn}("\\0\\255", "\\254\\1")`, want(Buffer.from([0, 255]), Buffer.from([254, 1]))]
  )
}

export default [
  digest('md5', { share: true }, 'md5', 'md5'),
  digest('sha256', { share: true }, 'sha256', 'sha256'),
  mac('hmac-sha256', { share: true }, 'hmac_sha256', 'sha256'),
  lua('uuid-format', { share: true }, 'return crypto.uuid()', ([id], t) =>
    t.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'uuid')
  )
]
