#!/usr/bin/env node
// Black-box conformance runner. See README.md.
import { readdir, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { Mock } from './lib/mock.mjs'
import { makeToolbox, exchange, Mismatch } from './lib/toolbox.mjs'

const HELP = `usage: node run.mjs --base URL --key KEY [options]
  --only TEXT          run the cases whose id contains TEXT (may be repeated)
  --skip TEXT          leave out the cases whose id contains TEXT (may be repeated)
  --share-only         run only the cases marked share
  --heldout-only       run only the cases not marked share
  --include-peer-bugs  also run the cases marked peerBug
  --no-slow            leave out the slow cases (timeouts, a real cron firing)
  --exec-timeout S     EXECUTION_TIMEOUT the server was started with (default 5)
  --concurrency N      requests in flight in the main lane (default 8)
  --json FILE          write a machine readable report
  --list               print the cases and stop
  --verbose            also print passing cases`

function parseArgs(argv) {
  const o = { only: [], skip: [], concurrency: 8, execTimeout: 5 }
  for (let i = 0; i < argv.length; i++) {
    const a = argv[i]
    const value = () => {
      if (i + 1 >= argv.length) {
        console.error(`${a} needs a value`)
        process.exit(2)
      }
      return argv[++i]
    }
    if (a === '--base') o.base = value().replace(/\/+$/, '')
    else if (a === '--key') o.key = value()
    else if (a === '--only') o.only.push(value())
    else if (a === '--skip') o.skip.push(value())
    else if (a === '--json') o.json = value()
    else if (a === '--concurrency') o.concurrency = Number(value())
    else if (a === '--exec-timeout') o.execTimeout = Number(value())
    else if (a === '--share-only') o.shareOnly = true
    else if (a === '--heldout-only') o.heldoutOnly = true
    else if (a === '--include-peer-bugs') o.peerBugs = true
    else if (a === '--no-slow') o.noSlow = true
    else if (a === '--list') o.list = true
    else if (a === '--verbose') o.verbose = true
    else {
      console.error(a === '--help' ? HELP : `unknown option ${a}\n${HELP}`)
      process.exit(a === '--help' ? 0 : 2)
    }
  }
  return o
}

async function loadCases() {
  const dir = new URL('./cases/', import.meta.url)
  const all = []
  for (const file of (await readdir(dir)).filter(f => f.endsWith('.mjs')).sort()) {
    const mod = await import(new URL(file, dir))
    for (const c of mod.default) all.push({ ...c, area: mod.area, id: `${mod.area}/${c.name}` })
  }
  const seen = new Set()
  for (const c of all) {
    if (seen.has(c.id)) throw new Error(`duplicate case id ${c.id}`)
    if (c.peerBug && !c.why) throw new Error(`${c.id}: peerBug needs a why`)
    seen.add(c.id)
  }
  return all
}

const show = v => {
  const s =
    typeof v === 'string'
      ? JSON.stringify(v)
      : inspect(v, { depth: 6, breakLength: Infinity, compact: true })
  return s.length > 700 ? `${s.slice(0, 700)}...` : s
}

const opts = parseArgs(process.argv.slice(2))
const every = await loadCases()
let cases = every.filter(c => opts.peerBugs || !c.peerBug)
if (opts.only.length) {
  cases = every.filter(
    c =>
      opts.only.some(s => c.id.includes(s)) &&
      (opts.peerBugs || !c.peerBug || opts.only.includes(c.id))
  )
}
cases = cases.filter(c => !opts.skip.some(s => c.id.includes(s)))
if (opts.shareOnly) cases = cases.filter(c => c.share)
if (opts.heldoutOnly) cases = cases.filter(c => !c.share)
if (opts.noSlow) cases = cases.filter(c => c.lane !== 'slow' && c.lane !== 'wait')

if (opts.list) {
  for (const c of cases) {
    console.log(
      `${c.id}${c.share ? ' [share]' : ''}${c.peerBug ? ' [peerBug]' : ''}${c.lane ? ` [${c.lane}]` : ''}`
    )
  }
  console.log(`${cases.length} cases`)
  process.exit(0)
}
if (!opts.base || opts.key === undefined) {
  console.error(HELP)
  process.exit(2)
}

const mock = new Mock()
await mock.start()
const shared = new Map()
const env = {
  base: opts.base,
  key: opts.key,
  mock,
  execTimeoutS: opts.execTimeout,
  shared,
  alive: new Set(),
  busyRetries: 0,
  tag: `conf-${randomBytes(4).toString('hex')}`
}
const keeper = makeToolbox(env)
env.keeper = keeper
const live = new Set([keeper])

let stopping = false
async function shutdown() {
  for (const box of live) await box.cleanup()
  try {
    await keeper.sweep()
  } catch {
    /* server may be gone */
  }
  await mock.stop()
}
process.on('SIGINT', async () => {
  if (!stopping) {
    stopping = true
    await shutdown()
    process.exit(130)
  }
})

try {
  const probe = await exchange(opts.base, {
    path: '/api/functions?limit=1',
    headers: { Authorization: `Bearer ${opts.key}` },
    timeoutMs: 10000
  })
  if (probe.status !== 200) {
    throw new Error(`GET /api/functions answered ${probe.status}: is --key right?`)
  }
} catch (err) {
  console.error(`cannot use ${opts.base}: ${err.message}`)
  await mock.stop()
  process.exit(2)
}

const results = new Map()
async function runCase(c) {
  const t = makeToolbox(env)
  live.add(t)
  const started = Date.now()
  const limit = c.timeoutMs ?? (c.lane === 'slow' || c.lane === 'wait' ? 180000 : 45000)
  let timer
  let outcome
  try {
    await Promise.race([
      c.run(t),
      new Promise((_resolve, reject) => {
        timer = setTimeout(
          () => reject(new Mismatch('case finished', `within ${limit} ms`, 'still running')),
          limit
        )
      })
    ])
    outcome = { status: 'pass' }
  } catch (err) {
    outcome =
      err instanceof Mismatch
        ? { status: 'fail', label: err.label, expected: err.expected, got: err.got }
        : {
            status: 'fail',
            label: 'no exception',
            expected: 'case to run',
            got: err?.stack?.split('\n').slice(0, 3).join(' ') ?? String(err)
          }
  } finally {
    clearTimeout(timer)
    await t.cleanup()
    live.delete(t)
  }
  outcome.ms = Date.now() - started
  results.set(c.id, outcome)
  if (outcome.status === 'fail') {
    console.log(
      `FAIL ${c.id} | ${outcome.label} | expected ${show(outcome.expected)} | got ${show(outcome.got)}`
    )
  } else if (opts.verbose) console.log(`ok   ${c.id} (${outcome.ms} ms)`)
}

async function lane(list, width) {
  const queue = [...list]
  await Promise.all(
    Array.from({ length: Math.max(1, width) }, async () => {
      // eslint-disable-next-line no-unmodified-loop-condition -- a signal handler sets it
      for (let c = queue.shift(); c && !stopping; c = queue.shift()) await runCase(c)
    })
  )
}

// main: many short cases; slow: busy loops and long sleeps, few at a time;
// wait: cases that only wait for the clock; serial: cases that need quiet.
await Promise.all([
  lane(
    cases.filter(c => !c.lane),
    opts.concurrency
  ),
  lane(
    cases.filter(c => c.lane === 'slow'),
    2
  ),
  lane(
    cases.filter(c => c.lane === 'wait'),
    32
  )
])
await lane(
  cases.filter(c => c.lane === 'serial'),
  1
)
await shutdown()

const passed = [...results.values()].filter(r => r.status === 'pass').length
const failed = results.size - passed
if (opts.json) {
  const report = {
    base: opts.base,
    passed,
    failed,
    cases: cases.map(c => ({
      id: c.id,
      area: c.area,
      share: !!c.share,
      peerBug: !!c.peerBug,
      ...results.get(c.id)
    }))
  }
  await writeFile(
    opts.json,
    JSON.stringify(report, (k, v) => (typeof v === 'bigint' ? String(v) : v), 2)
  )
}
if (env.busyRetries) {
  console.log(`note: ${env.busyRetries} management writes lost a race under load and were repeated`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
