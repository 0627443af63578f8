import t from 'tap'
import {
  emptyRequest,
  toAddress,
  toExample,
  toInit
} from '../../../../../public/pages/function/test/request.js'

const base = 'http://localhost:3000/fn/abc'
const post = {
  method: 'POST',
  path: '/notes',
  query: [
    { name: 'a b', value: '1&2' },
    { name: '', value: 'x' }
  ],
  headers: [{ name: "X-It's", value: 'q"' }],
  body: '{"it\'s": 1}'
}

t.test('the address holds path and query, escaped', async t => {
  t.equal(toAddress(base, emptyRequest()), base)
  t.equal(toAddress(base, post), `${base}/notes?a+b=1%262`)
  t.equal(
    toAddress(base, { ...emptyRequest(), path: 'x?y=1', query: [{ name: 'z', value: '2' }] }),
    `${base}/x?y=1&z=2`
  )
  t.equal(toAddress('http://shop.example.org/', post), 'http://shop.example.org/notes?a+b=1%262')
})
t.test('only methods that send a body get one, and no cookie travels', async t => {
  t.same(toInit(emptyRequest()), {
    method: 'GET',
    headers: [],
    credentials: 'omit',
    redirect: 'follow'
  })
  t.match(toInit(post), { method: 'POST', body: post.body, credentials: 'omit' })
})
t.test('curl quotes what a shell would take apart', async t => {
  t.equal(
    toExample('curl', base, post),
    `curl -X POST '${base}/notes?a+b=1%262' \\\n  -H 'X-It'\\''s: q"' \\\n  --data-binary '{"it'\\''s": 1}'`
  )
})
t.test('every language names address, method and body', async t => {
  for (const language of ['javascript', 'python', 'go'] as const) {
    const code = toExample(language, base, post)
    for (const part of [`${base}/notes?a+b=1%262`, 'POST', JSON.stringify(post.body), "X-It's"]) {
      t.ok(code.includes(part), `${language} has ${part}`)
    }
  }
})
