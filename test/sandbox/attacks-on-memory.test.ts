import t from 'tap'
import { attack } from './attack.js'
import { startRig } from './rig.js'

const attacks: ReadonlyArray<readonly [name: string, expected: RegExp]> = [
  ['rep-gigabyte', /^memory: .*not enough memory \(SANDBOX_MEMORY_MB is 64\)/],
  ['grow-table', /^memory: .*not enough memory \(SANDBOX_MEMORY_MB is 64\)/],
  ['grow-text', /^memory: .*not enough memory \(SANDBOX_MEMORY_MB is 64\)/],
  ['grow-text-slowly', /^memory: .*not enough memory \(SANDBOX_MEMORY_MB is 64\)/],
  ['many-coroutines', /^memory: .*not enough memory \(SANDBOX_MEMORY_MB is 64\)/]
]

for (const [name, expected] of attacks) {
  t.test(`${name}: memory has a limit, and the others do not notice`, async t => {
    await attack(
      t,
      await startRig(t, { settings: { SANDBOX_MEMORY_MB: '64', EXECUTION_TIMEOUT: '60' } }),
      name,
      expected
    )
  })
}

t.test('memory that pcall catches the want of is given back before the next run', async t => {
  const { body } = await startRig(t, {
    settings: { SANDBOX_MEMORY_MB: '64', EXECUTION_TIMEOUT: '60' }
  })
  const code = `function handler()
    local ok, message = pcall(string.rep, "x", 200 * 1024 * 1024)
    return { body = tostring(ok) .. " " .. tostring(message):match("not enough memory") .. " " .. #string.rep("y", 20 * 1024 * 1024) }
  end`
  for (let i = 0; i < 5; i++) t.equal(await body(code), 'false not enough memory 20971520')
})

t.test('a process that memory kills takes only its own run with it', async t => {
  const { scheduler, run, body } = await startRig(t, { settings: { SANDBOX_MEMORY_MB: '64' } })
  const loop = run('function handler() log.info("on") while true do end end', {
    onLog: () => {
      for (const pid of scheduler.pids) process.kill(pid, 'SIGABRT')
    }
  })
  t.match(await loop, {
    fault: { kind: 'memory', message: 'not enough memory (SANDBOX_MEMORY_MB is 64)' }
  })
  t.equal(await body('function handler() return { body = "next" } end'), 'next')
})
