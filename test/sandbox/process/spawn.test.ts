/** Starting programs as sandboxes are started. */
import { once } from 'node:events'
import t from 'tap'
import { bareBarriers } from '../../../sandbox/process/barriers.js'
import { childProgram, sandboxCommand } from '../../../sandbox/process/command.js'
import { hasAddedEnvironment, spawnSandbox } from '../../../sandbox/process/spawn.js'

t.test('a program that cannot be started has ended, and its channel is closed', async t => {
  const child = spawnSandbox(['/no/such/program', []])
  const closed = once(child.channel, 'close')
  t.equal(child.pid, undefined)
  child.kill('SIGKILL')
  t.same(await child, { exitCode: null, signal: null })
  await closed
})

t.test('how a program ended is told', async t => {
  t.same(await spawnSandbox(['/bin/sh', ['-c', 'exit 3']]), { exitCode: 3, signal: null })
  const killed = spawnSandbox(['/bin/sleep', ['60']])
  killed.kill('SIGKILL')
  t.same(await killed, { exitCode: null, signal: 'SIGKILL' })
})

const command = async (): Promise<string> => {
  const barriers = await bareBarriers()
  return sandboxCommand({
    barriers,
    memoryMb: 64,
    baseDataBytes: undefined,
    program: childProgram(),
    codeBytes: 0
  })[0]
}

t.test(
  'the environment is emptied by a program of its own only where something adds to it',
  async t => {
    const before = process.env.NODE_V8_COVERAGE
    t.teardown(() => {
      if (before === undefined) delete process.env.NODE_V8_COVERAGE
      else process.env.NODE_V8_COVERAGE = before
    })
    delete process.env.NODE_V8_COVERAGE
    t.equal(await hasAddedEnvironment('/usr/bin/env'), false)
    t.equal(await command(), process.execPath)
    // Node hands this one to all its children, whatever environment they are given.
    process.env.NODE_V8_COVERAGE = t.testdir({})
    t.equal(await hasAddedEnvironment('/usr/bin/env'), true)
    t.match(await command(), /\/env$/)
    t.equal(await hasAddedEnvironment('/no/such/program'), true, 'nor where that cannot be told')
  }
)
