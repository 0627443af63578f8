/** Starting programs as sandboxes are started. */
import { once } from 'node:events'
import { execa } from 'execa'
import t from 'tap'
import { bareBarriers } from '../../../sandbox/process/barriers.js'
import { childProgram, sandboxCommand } from '../../../sandbox/process/command.js'
import { diagnoseStart } from '../../../sandbox/process/diagnose-start.js'
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

t.test('why a program does not start is told in words', async t => {
  t.equal(await diagnoseStart(['/bin/sh', ['-c', 'echo no such flag >&2; exit 9']]), 'no such flag')
  t.match(await diagnoseStart(['/bin/sh', ['-c', 'exit 9']]), /says nothing; .* exit code 9$/)
  t.match(await diagnoseStart(['/no/such/program', []]), /^\/no\/such\/program cannot be run: /)
  const fork = 'prlimit: fork failed: Resource temporarily unavailable'
  t.match(
    await diagnoseStart(['/bin/sh', ['-c', `echo "${fork}" >&2; exit 1`]]),
    /^the limit on processes and threads is reached: raise TasksMax .* It said: prlimit: /
  )
})

t.test('a process that has no descriptor left goes on, and is told so', async t => {
  const module = new URL('../../../sandbox/process/', import.meta.url).href
  const code = `
    const { diagnoseStart } = await import('${module}diagnose-start.js')
    const { hasAddedEnvironment, spawnSandbox } = await import('${module}spawn.js')
    const { openSync } = await import('node:fs')
    const used = []
    try {
      for (;;) used.push(openSync('/dev/null', 'r'))
    } catch {}
    const told = await diagnoseStart(['/bin/true', []])
    const added = await hasAddedEnvironment('/usr/bin/env')
    const ended = await spawnSandbox(['/bin/true', []])
    console.log(JSON.stringify({ told, added, ended }))`
  const node = [process.execPath, '--input-type=module', '-e', code]
  const { stdout } = await execa('prlimit', ['--nofile=64:64', ...node])
  t.match(JSON.parse(stdout), {
    told: /^the limit on open files is reached: raise LimitNOFILE .* \(EMFILE\)$/,
    added: true,
    ended: { exitCode: null, signal: null }
  })
})
