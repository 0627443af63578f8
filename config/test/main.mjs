/**
 * Runs the built tests: `npm test -- [--jobs=N] [--reporter=tap] [--again] [--watch] [FILE|FOLDER…]`, with the paths
 * of sources or of what is built from them. Files run side by side, each in a process of its own; those that measure
 * memory or turns of the event loop follow one at a time. Exits with 1 when anything failed.
 *
 * With `--again` a file that failed among others runs once more, alone, and that run counts; what failed in the first
 * is printed all the same. Where more than a few failed, none is run again.
 *
 * The runner of tap puts two module loaders into every process of every test, which takes 0.2 s of processor time a
 * file: a minute of the suite. Its files are plain programs that print TAP, so this starts them as they are.
 */
import { spawnSync } from 'node:child_process'
import { watch } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { failed, reporters } from './report.mjs'
import { killAll, runFile } from './run-file.mjs'
import { findTests, inOrder, runsAlone, waits } from './select.mjs'

/** More than these fail for a reason of their own, not for what ran beside them. */
const MAX_AGAIN = 5

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    // Tests wait for processes, sockets and disks: one more than there are cores keeps these busy. Files that do
    // nothing but wait are one more.
    jobs: { type: 'string', short: 'j', default: `${availableParallelism() + 1}` },
    reporter: { type: 'string', default: 'files' },
    again: { type: 'boolean', default: false },
    watch: { type: 'boolean', short: 'w', default: false }
  }
})
const jobs = Number(values.jobs)
if (!Number.isInteger(jobs) || jobs < 1) end(`--jobs=${values.jobs} is not a number of processes`)
const createReport = reporters[values.reporter]
if (createReport === undefined) {
  end(`--reporter=${values.reporter} is not one of ${Object.keys(reporters).join(', ')}`)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    killAll()
    process.exit(1)
  })
}

let passed
try {
  passed = await runAll()
} catch (error) {
  end(error.message)
}
if (values.watch) await watchAndRun()
process.exitCode = passed ? 0 : 1

/** Runs what was asked for; tells whether all of it passed. */
async function runAll() {
  const files = inOrder(findTests(positionals))
  const report = createReport()
  const failures = []
  const add = result => {
    if (values.again && failed(result)) failures.push(result)
    else report.add(result)
  }
  const beside = files.filter(file => !runsAlone(file))
  const [idle, busy] = [beside.filter(waits), beside.filter(file => !waits(file))]
  // One that waits takes nothing from others, so there is a place for it besides.
  await Promise.all([
    ...(jobs > 1 ? [runNext(idle, add)] : []),
    ...Array.from({ length: jobs }, async () => {
      await runNext(busy, add)
      await runNext(idle, add)
    })
  ])
  await runNext(files.filter(runsAlone), add)
  for (const first of failures) {
    if (failures.length > MAX_AGAIN) report.add(first)
    else report.addSecond(first, await runFile(first.file))
  }
  return report.end()
}

/** Runs one after the other, in this order, until none is left; others may take of the same files meanwhile. */
async function runNext(files, add) {
  for (let file = files.shift(); file !== undefined; file = files.shift()) {
    add(await runFile(file))
  }
}

/** Builds and runs again after every change, until the process is interrupted. */
async function watchAndRun() {
  let wake = () => {}
  for (const folder of ['core', 'config', 'sandbox', 'plugins', 'public', 'test', 'migrations']) {
    watch(folder, { recursive: true }, () => wake())
  }
  for (;;) {
    console.log('\nWaiting for a change. Ctrl+C ends it.')
    await new Promise(resolve => {
      wake = resolve
    })
    // Editors write a file in several steps.
    await pause(100)
    const build = fileURLToPath(new URL('../build/main.mjs', import.meta.url))
    const { status } = spawnSync(process.execPath, [build, '--tests'], { stdio: 'inherit' })
    if (status === 0) await runAll()
  }
}

function end(message) {
  console.error(message)
  process.exit(2)
}
