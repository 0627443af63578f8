import t from 'tap'
import {
  findRouteProblem,
  findRouteRow,
  toRouteRow,
  toRoutes
} from '../../../../public/pages/access/route-rows.js'

const rows = [
  toRouteRow({ pattern: '/a' }),
  toRouteRow({ pattern: '/b', host: 'one.example.org' }),
  toRouteRow({ pattern: '/b', host: 'two.example.org', methods: ['GET', 'FETCH'] }),
  toRouteRow({ pattern: 'c', host: 'no host' }),
  toRouteRow({ pattern: '/a' })
]

t.test('a refusal is found at the row that it is about', async t => {
  for (const [said, index] of [
    ['routes: /a is a route of the function "x" (id)', 0],
    ['routes: /b on two.example.org is a route of the function "x" (id)', 2],
    ['routes: /b would hide the API (/api)', 1],
    ['routes: pattern "/a" cannot be used: Method GET already declared', 4],
    ['routes: pattern must be a path such as /shop/:item, of at most 500 characters', 3],
    ['routes: host must be a host name such as shop.example.org, without a port', 3],
    ['routes: methods must contain only some of [GET]', 2],
    ['routes: routes must be a list', -1]
  ] as const) {
    t.equal(findRouteRow(said, rows), rows[index], said)
  }
})

t.test('rows become routes and back; an empty row is none', async t => {
  const routes = [{ pattern: '/a' }, { pattern: '/b', methods: ['GET', 'POST'], host: 'x.org' }]
  t.same(toRoutes(routes.map(toRouteRow)), routes)
  t.same(toRoutes([{ key: 1, pattern: ' /b ', methods: 'get  post,', host: ' X.org' }]), [
    routes[1]
  ])
  t.same(toRoutes([toRouteRow({ pattern: '' })]), [])
})

t.test('a route that is not served is told so until it is changed', async t => {
  const problems = [
    { pattern: '/b', host: 'one.example.org', problem: 'slow on one host' },
    { pattern: '/slow/:a(a+a+)', problem: 'slow' }
  ]
  const problemOf = (pattern: string, host?: string) =>
    findRouteProblem(toRouteRow({ pattern, ...(host && { host }) }), problems)
  t.equal(problemOf('/slow/:a(a+a+)'), 'slow')
  t.equal(problemOf('/slow/:a'), undefined)
  t.equal(problemOf('/b', 'One.example.org'), 'slow on one host')
  t.equal(problemOf('/b'), undefined, 'on another host it is another route')
})
