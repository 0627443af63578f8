import t from 'tap'
import { attack, fixture } from './attack.js'
import { startRig } from './rig.js'

/** Time enough, too, for the sound function that follows on a slow machine. */
const timeoutMs = 3000
const attacks: ReadonlyArray<readonly [name: string, expected: RegExp]> = [
  ['loop-forever', /^timeout: execution timed out after 3 seconds \(EXECUTION_TIMEOUT\)$/],
  ['loop-in-pcall', /^timeout: /],
  ['loop-in-coroutine', /^timeout: /],
  ['loop-in-pattern', /^timeout: |^runtime: .*pattern/],
  ['loop-in-tostring-of-error', /^timeout: |^runtime: /],
  ['loop-in-gsub', /^timeout: /],
  ['loop-in-sort', /^timeout: /],
  ['loop-at-load', /^timeout: /],
  ['memory-in-pcall', /^timeout: |^memory: /]
]

// Each burns a core until its deadline, so they do it side by side.
t.jobs = 3

for (const [name, expected] of attacks) {
  t.test(`${name}: the deadline ends it, and the others do not notice`, async t => {
    await attack(t, await startRig(t, { timeoutMs }), name, expected)
  })
}

t.test('what was logged before the deadline is kept', async t => {
  const { run } = await startRig(t, { timeoutMs })
  const logs: string[] = []
  t.equal(
    (
      await run(fixture('log-then-loop'), {
        onLog: (_level, message) => {
          logs.push(message)
        }
      })
    ).fault?.kind,
    'timeout'
  )
  t.same(logs, ['before the loop'])
})
