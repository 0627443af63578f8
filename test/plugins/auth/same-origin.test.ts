import t from 'tap'
import { isSameOrigin } from '../../../plugins/auth/same-origin.js'

const base = 'https://moonlet.example.org'
const from = (origin?: string, secFetchSite?: string, host = 'moonlet.example.org') => ({
  origin,
  host,
  secFetchSite
})

t.test('reading is allowed from anywhere', async t => {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    t.ok(isSameOrigin(method, from('https://evil.example', 'cross-site'), base), method)
  }
})

t.test('the own page may change things', async t => {
  t.ok(isSameOrigin('POST', from('https://moonlet.example.org', 'same-origin'), base))
  t.ok(isSameOrigin('POST', from('https://moonlet.example.org'), base))
  t.ok(isSameOrigin('PUT', from('http://192.0.2.1:3000', undefined, '192.0.2.1:3000'), base))
})

t.test('a proxy that renames the host does not shut the own page out', async t => {
  t.ok(isSameOrigin('PUT', from('https://moonlet.example.org', undefined, '127.0.0.1:3000'), base))
})

t.test('programs without a browser need no origin', async t => {
  t.ok(isSameOrigin('DELETE', from(), base))
})

t.test('pages of other hosts, ports and schemes may not', async t => {
  for (const origin of [
    'https://evil.example',
    'https://moonlet.example.org:3001',
    'https://sub.moonlet.example.org',
    'null',
    '',
    'nonsense'
  ]) {
    t.notOk(isSameOrigin('POST', from(origin), base), origin)
  }
})

t.test('what the browser says of the site is believed first', async t => {
  for (const site of ['cross-site', 'same-site']) {
    t.notOk(isSameOrigin('POST', from('https://moonlet.example.org', site), base), site)
  }
  t.ok(isSameOrigin('POST', from(undefined, 'none'), base))
})
