import t from 'tap'
import { functionsUrl, isForHost, parseFunctionsAddress } from '../../config/functions-address.js'

t.test('a port or a host name is read, anything else refused', async t => {
  t.same(parseFunctionsAddress(':3001'), { kind: 'port', port: 3001 })
  t.same(parseFunctionsAddress('Fn.Example.org'), { kind: 'host', host: 'fn.example.org' })
  t.same(parseFunctionsAddress('fn.example.org:8443'), {
    kind: 'host',
    host: 'fn.example.org:8443'
  })
  for (const wrong of [':70000', 'https://x', 'a b', '-x', ':', 'x/']) {
    t.equal(parseFunctionsAddress(wrong), undefined, wrong)
  }
})

t.test('the port of the Host header counts only where the setting names one', async t => {
  t.ok(isForHost({ host: 'fn.example.org' }, 'FN.example.org:3000'))
  t.notOk(isForHost({ host: 'fn.example.org:1' }, 'fn.example.org:2'))
  t.notOk(isForHost({ host: 'fn.example.org' }, 'example.org'))
  t.notOk(isForHost({ host: 'fn.example.org' }, undefined))
})

t.test('the public address has the host or port replaced', async t => {
  t.equal(
    functionsUrl({ kind: 'port', port: 3001 }, 'http://localhost:3000', undefined),
    'http://localhost:3001'
  )
  t.equal(
    functionsUrl({ kind: 'host', host: 'fn.example.org' }, 'https://example.org', undefined),
    'https://fn.example.org'
  )
})
