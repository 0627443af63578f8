/**
 * What finding the function of a call costs with 1,000 patterns: `node dist/test/bench/addresses.js`. Prints the
 * microseconds of one look, the median of several rounds.
 */
import { toRouteTable } from '../../core/validation/front-door/route-conflict.js'
import type { Route } from '../../core/contracts/front-door.js'
import { median } from './api.js'

const FUNCTIONS = 50
const ROUTES_EACH = 20
const LOOKS = 200_000
const ROUNDS = 7

const shapes = (i: number): Route[] => [
  { pattern: `/shop${i}/:item` },
  { pattern: `/api${i}/users/:id/orders/:order`, methods: ['GET', 'POST'] },
  { pattern: `/files${i}/*` },
  { pattern: `/fixed/page/${i}` }
]

const table = toRouteTable(
  Array.from({ length: FUNCTIONS }, (_, f) => ({
    id: `f${f}`,
    name: `f${f}`,
    routes: Array.from({ length: ROUTES_EACH / 4 }, (_, r) => shapes(f * 5 + r)).flat()
  }))
)

for (const [what, target] of [
  ['a parameter', '/shop137/blue%20shoes'],
  ['two parameters', '/api201/users/42/orders/7?sort=date'],
  ['a catch-all', '/files88/a/b/c.txt'],
  ['a fixed path', '/fixed/page/249'],
  ['nothing', '/fn/hello']
] as const) {
  const rounds = Array.from({ length: ROUNDS }, () => timeLooks(target))
  process.stdout.write(`${what.padEnd(16)} ${median(rounds).toFixed(2)} µs\n`)
}

function timeLooks(target: string): number {
  const start = performance.now()
  for (let i = 0; i < LOOKS; i++) table.find('GET', target)
  return ((performance.now() - start) * 1000) / LOOKS
}
