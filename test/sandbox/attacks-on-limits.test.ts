import t from 'tap'
import { attack, expectHealth } from './attack.js'
import { startRig } from './rig.js'

const attacks: ReadonlyArray<readonly [name: string, expected: RegExp]> = [
  ['deep-recursion', /^runtime: .*stack overflow/],
  ['deep-metamethods', /^runtime: .*stack overflow/],
  ['deep-tostring', /^runtime: .*stack overflow/],
  ['bytecode', /^nil nil$/],
  ['what-is-there', /^$/],
  ['flood-print', /^printed$/]
]

for (const [name, expected] of attacks) {
  t.test(`${name}: ends as it should and harms nothing`, async t => {
    await attack(t, await startRig(t, { settings: { EXECUTION_TIMEOUT: '120' } }), name, expected)
  })
}

t.test('deep-pcall: ends by its stack or by its deadline', async t => {
  await attack(
    t,
    await startRig(t, { timeoutMs: 5000 }),
    'deep-pcall',
    /^(true|false|runtime: .*stack overflow|timeout: )/
  )
})

t.test('a flood of host calls ends the run that makes it', async t => {
  const rig = await startRig(t, { settings: { EXECUTION_TIMEOUT: '120' } })
  const before = rig.scheduler.pids
  const logs: string[] = []
  const code = 'function handler() while true do log.info("flood") end end'
  const { fault } = await rig.run(code, {
    fn: 'flooder',
    onLog: (_level, message) => {
      logs.push(message)
    }
  })
  t.match(fault, {
    kind: 'limit',
    message: 'more than 100000 calls of built-in functions in one execution'
  })
  t.equal(logs.length, 10_001)
  t.match(logs.at(-1), /^log limit reached: /)
  await expectHealth(t, rig, 'flooder', before)
})

t.test('what a function prints has a limit and a note of it', async t => {
  const { run } = await startRig(t)
  const lines: string[] = []
  await run('function handler() for i = 1, 20000 do print(i) end return {} end', {
    onPrint: line => {
      lines.push(line)
    }
  })
  t.equal(lines.length, 10_001)
  t.match(lines.at(-1), /^print limit reached: /)
})

t.test('an answer larger than RESPONSE_LIMIT is refused with both sizes', async t => {
  const { body } = await startRig(t, { settings: { RESPONSE_LIMIT: '100000' } })
  t.equal(
    await body('function handler() return { body = string.rep("x", 100001) } end'),
    'limit: the body of the answer has 100001 bytes (RESPONSE_LIMIT is 100000)'
  )
  t.equal(
    (await body('function handler() return { body = string.rep("x", 100000) } end')).length,
    100000
  )
})
