/**
 * What a fresh environment costs: the time of a run whose handler does next to nothing, of making an engine and of
 * compiling, in microseconds of CPU. Usage, after `npm run build -- --tests`: node dist/test/bench/lua-fresh-run.js
 */
import { createRequire } from 'node:module'
import type * as Bundle from '../sandbox/lua/bundle.js'

const RUNS = 50000
const ROUNDS = 7

function spend(times: number, body: () => void): number {
  const from = process.cpuUsage()
  for (let i = 0; i < times; i++) body()
  const { user, system } = process.cpuUsage(from)
  return (user + system) / times
}

const { createEngine } = createRequire(import.meta.url)(
  '../../sandbox/engine-for-tests.cjs'
) as typeof Bundle
const create = (): Bundle.Engine =>
  createEngine({
    libraries: [
      'log',
      'kv',
      'env',
      'http',
      'json',
      'crypto',
      'time',
      'url',
      'strings',
      'random',
      'base64',
      'router',
      'ai',
      'email'
    ].map(name => ({
      name,
      functions: Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`f${i}`, () => undefined]))
    })),
    print: () => {},
    now: Date.now,
    random: Math.random,
    memoryLimit: 2 ** 27
  })

const code = `
local function answer(status, body) return { statusCode = status, headers = { ["Content-Type"] = "text/plain" }, body = body } end
function handler(ctx, event) return answer(200, "hello") end`
const event = {
  method: 'GET',
  path: '/',
  relativePath: '/',
  headers: { Host: 'localhost', Accept: '*/*' },
  query: {},
  body: ''
}
const ctx = { executionId: 'e', functionId: 'f', functionName: 'hello', startTime: 0 }

const first = spend(1, create)
const engine = create()
const compile = spend(200, () => {
  engine.prepare(code, 'fn')
})
const program = engine.prepare(code, 'fn')
const rounds = Array.from({ length: ROUNDS }, () =>
  spend(RUNS, () => {
    engine.run(program, ctx, event)
  })
)
const median = rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? NaN
console.log(
  `a run in a fresh environment, 14 libraries: ${median.toFixed(2)} µs (median of ${ROUNDS} rounds of ${RUNS})`
)
console.log(
  `the first engine of a process: ${(first / 1000).toFixed(1)} ms; compiling 4 lines: ${compile.toFixed(0)} µs`
)
