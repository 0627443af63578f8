/**
 * `npm run chaos:cluster`: faults of three servers on one PostgreSQL, one by one; `--only killNode,cutNode`
 * for some, `--seconds N` for how long they last. `--schedules N --minutes N`: schedules of each minute, while one of
 * the servers is killed in each.
 */
import { parseArgs } from 'node:util'
import type { FaultName } from './faults.js'
import { runFaults } from './run-faults.js'
import { runSchedules } from './schedules.js'

/** Those of one group happen to the same cluster. */
const groups: readonly (readonly FaultName[])[] = [
  ['killNode', 'cutNode', 'loseQuestions', 'loseAnswers'],
  ['restartDatabase', 'killDatabase', 'loseNotifications'],
  ['exhaustConnections'],
  ['fillDisk'],
  ['failOver']
]
const WITHIN_MS = 10_000

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '15' },
    schedules: { type: 'string' },
    minutes: { type: 'string', default: '10' }
  }
})

const show = (text: string): void => {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${text}\n`)
}

async function holds(what: () => Promise<string>): Promise<void> {
  try {
    show(`ok      ${await what()}`)
  } catch (error) {
    process.exitCode = 1
    show(`FAILED  ${error instanceof Error ? error.stack : String(error)}`)
  }
}

if (values.schedules !== undefined) {
  const schedules = Number(values.schedules)
  await holds(() => runSchedules({ schedules, minutes: Number(values.minutes), onStep: show }))
} else {
  const only = values.only?.split(',')
  const lastMs = Number(values.seconds) * 1000
  for (const group of groups) {
    const names = group.filter(name => only?.includes(name) !== false)
    if (names.length === 0) continue
    await holds(() => runFaults({ names, lastMs, onFault: show, withinMs: WITHIN_MS }))
  }
}
