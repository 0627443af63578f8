/**
 * A soak: mixed functions, kills and timeouts for a long time; memory and descriptors at the end must be those of
 * the second minute. `node dist/test/bench/soak.js [--minutes 20] [--from 2] [--rate 150]`; exits with 1 when
 * something does not hold.
 *
 * Both measures are taken after a quiet pause, when idle sandboxes and connections are gone, and a full garbage
 * collection, since V8 collects when it likes. What is compared is the server's own memory (Pss_Anon): the rest of
 * its PSS is Node's program, whose share depends on how many other Node processes the machine runs.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { checkAnswers, checkGone, checkIntegrity } from '../chaos/checks.js'
import { prepareMixedLoad, type MixedReport } from '../chaos/mixed/load.js'
import type { ChaosServer } from '../chaos/server.js'
import { inWorld } from '../chaos/world.js'
import { collectGarbage, inspectable } from './collect-garbage.js'
import { memoryOf } from './process.js'

/** What the memory may have grown by. */
const TOLERANCE = 0.1
const IDLE_SECONDS = 5
/** Longer than connections are kept open for a next request (72 s). */
const QUIET_MS = 80_000

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    from: { type: 'string', default: '2' },
    rate: { type: 'string', default: '150' }
  }
})
const [minutes, from, rate] = [values.minutes, values.from, values.rate].map(Number) as [
  number,
  number,
  number
]
if (!(from > 0 && minutes > from && rate > 0)) {
  throw new Error(
    `--minutes must be above --from, and both and --rate above 0; got ${values.minutes}, ${values.from} and ${values.rate}`
  )
}

interface Measure {
  readonly own: number
  readonly pss: number
  readonly descriptors: number
  readonly sandboxes: number
}

const measure = (server: ChaosServer): Measure => {
  const rollup = readFileSync(`/proc/${server.pid}/smaps_rollup`, 'utf8')
  const mib = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) / 1024
  return {
    own: mib('Pss_Anon'),
    pss: mib('Pss'),
    descriptors: readdirSync(`/proc/${server.pid}/fd`).length,
    sandboxes: server.sandboxes().length
  }
}

const cells = (...texts: ReadonlyArray<string | number>) => {
  process.stdout.write(
    `${texts.map((text, i) => (i === 0 ? String(text).padEnd(18) : String(text).padStart(12))).join('')}\n`
  )
}

const row = (
  name: string,
  { own, pss, descriptors, sandboxes }: Measure,
  { answers, done, wrong }: MixedReport,
  server: ChaosServer,
  file: string
) => {
  const count = (matches: (status: number) => boolean) =>
    [...answers].reduce((sum, [status, n]) => (matches(status) ? sum + n : sum), 0)
  const { sandboxes: sandboxMib } = memoryOf(server.pid)
  cells(
    name,
    count(() => true),
    count(status => status >= 500),
    done.kills,
    wrong.length,
    own.toFixed(1),
    pss.toFixed(1),
    descriptors,
    sandboxes,
    sandboxMib.toFixed(0),
    (statSync(file).size / 1024 ** 2).toFixed(0),
    loadavg()[0]?.toFixed(1) ?? ''
  )
}

/** What does not hold, in words. */
async function soak(): Promise<string[]> {
  return await inWorld(async world => {
    const file = join(world.folder, 'moonlet.db')
    const server = await world.start({
      settings: {
        EXECUTION_TIMEOUT: '2',
        SANDBOX_MAX: '16',
        SANDBOX_IDLE_SECONDS: String(IDLE_SECONDS),
        SANDBOX_MEMORY_MB: '64',
        HTTP_ALLOW_PRIVATE: 'true',
        NODE_OPTIONS: inspectable
      }
    })
    const mixed = await prepareMixedLoad(server)
    process.stdout.write(
      `${minutes} minutes, about ${rate} calls a second; ${availableParallelism()} cores, Node ${process.version}\n\n`
    )
    cells(
      '',
      'answers',
      '5xx',
      'kills',
      'wrong',
      'own MiB',
      'PSS MiB',
      'descriptors',
      'sandboxes',
      'their MiB',
      'file MiB',
      'load'
    )

    /** Loads until the minute, one row for each on the way; then lets all be quiet and measures. */
    const loadUntil = async (since: number, to: number): Promise<[Measure, MixedReport]> => {
      const load = mixed.start(rate)
      for (let at = since; at < to;) {
        const next = Math.min(at + 1, to)
        await pause((next - at) * 60_000)
        at = next
        row(`minute ${at}`, measure(server), load.report, server, file)
      }
      const report = await load.stop()
      await pause(QUIET_MS)
      row(`  quiet after ${to}`, measure(server), report, server, file)
      const heap = await collectGarbage(server.output())
      await pause(1000)
      const collected = measure(server)
      row('  collected', collected, report, server, file)
      process.stdout.write(`  of its own memory JavaScript holds ${heap.toFixed(1)} MiB\n`)
      return [collected, report]
    }

    const [early, earlyReport] = await loadUntil(0, from)
    const [late, lateReport] = await loadUntil(from, minutes)
    await checkAnswers(server, world.functionId)
    await mixed.close()
    const sandboxes = server.sandboxes()
    const exit = await server.end('SIGTERM')
    await checkGone(sandboxes)
    checkIntegrity(world.folder)
    const growth = late.own / early.own - 1
    process.stdout.write(
      `\nown memory ${early.own.toFixed(1)} -> ${late.own.toFixed(1)} MiB (${(growth * 100).toFixed(1)} %), descriptors ${early.descriptors} -> ${late.descriptors}, sandboxes ${early.sandboxes} -> ${late.sandboxes}\n` +
        `${Object.entries(lateReport.done)
          .map(([name, count]) => `${count} ${name}`)
          .join(', ')} since minute ${from}\n`
    )
    return [
      ...(growth > TOLERANCE ? [`the server's memory grew by ${(growth * 100).toFixed(1)} %`] : []),
      ...(late.descriptors > early.descriptors
        ? [`descriptors grew from ${early.descriptors} to ${late.descriptors}`]
        : []),
      ...(late.sandboxes > early.sandboxes
        ? [`sandboxes grew from ${early.sandboxes} to ${late.sandboxes}`]
        : []),
      ...(exit === 0 ? [] : [`the server ended with ${exit}`]),
      ...earlyReport.wrong,
      ...lateReport.wrong
    ]
  })
}

const broken = await soak()
process.stdout.write(
  broken.length === 0
    ? 'All held.\n'
    : `Did not hold:\n${broken.map(text => `  - ${text}\n`).join('')}`
)
process.exitCode = broken.length === 0 ? 0 : 1
