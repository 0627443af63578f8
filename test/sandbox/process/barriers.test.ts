/** Plain JavaScript behind the barriers, as if somebody had broken out of Lua: it reaches nothing. */
import { createServer } from 'node:net'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { bareBarriers, probeBarriers, type Barriers } from '../../../sandbox/process/barriers.js'
import { childProgram, sandboxCommand } from '../../../sandbox/process/command.js'
import { spawnSandbox } from '../../../sandbox/process/spawn.js'

type Report = Record<string, string> & { environment: string[]; descriptors: number[] }

/** Runs the fixture as the child's program, behind `change`d barriers, beside a listening server. */
async function escape(
  t: Test,
  change: (barriers: Barriers) => Barriers = barriers => barriers
): Promise<Report> {
  const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
  await new Promise(resolve => {
    server.once('listening', resolve)
  })
  t.teardown(() => {
    server.close()
  })
  const folder = t.testdir({ 'escape.cjs': '' })
  const program = `${folder}/escape.cjs`
  writeFileSync(
    program,
    readFileSync('test/fixtures/escape.cjs', 'utf8').replace(
      '@PORT@',
      String((server.address() as AddressInfo).port)
    )
  )
  chmodSync(folder, 0o755)
  const child = spawnSandbox(
    sandboxCommand({
      barriers: change(await probeBarriers(program)),
      memoryMb: 64,
      baseDataBytes: undefined,
      program,
      codeBytes: 0
    })
  )
  const chunks: Buffer[] = []
  for await (const chunk of child.channel) chunks.push(chunk as Buffer)
  await child
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Report
}

t.test('nothing that JavaScript could try gets out', async t => {
  const { environment, descriptors, ...tries } = await escape(t)
  t.same(
    environment,
    ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_'],
    'the environment is empty but for how the allocator works'
  )
  t.same(descriptors, [3], 'no descriptor is open but the channel')
  const barriers = await probeBarriers(childProgram())
  for (const [name, result] of Object.entries(tries)) {
    if (name === 'signal its parent' && barriers.privileges !== 'nobody') continue
    if (name === 'connect to 127.0.0.1' && barriers.network === false) continue
    t.match(result, /^refused: /, name)
  }
})

t.test("Node's permissions alone keep files, processes and addons away", async t => {
  const { toPrefix } = await bareBarriers()
  const report = await escape(t, barriers => ({ ...barriers, toPrefix }))
  for (const name of [
    'read a file',
    'list a folder',
    'write a file',
    'make a folder',
    'start a process',
    'start a worker',
    'use inner bindings',
    'load an addon'
  ]) {
    t.match(report[name], /^refused: ERR_(ACCESS_DENIED|DLOPEN)/, name)
  }
})

t.test('what is missing is said in words, and what is up is in the command', async t => {
  const { prlimit, network, privileges, toPrefix, missing } = await probeBarriers(childProgram())
  const prefix = toPrefix()
  t.equal(
    missing.length,
    [prlimit === undefined, network === false, privileges === false].filter(Boolean).length
  )
  t.equal(prefix.includes('--fsize=0'), prlimit !== undefined)
  t.equal(prefix.includes('--net'), network !== false)
  t.equal(prefix.includes('--no-new-privs'), privileges !== false)
})

t.test('a bound for the data segment is among the limits of prlimit', async t => {
  const { prlimit, toPrefix } = await probeBarriers(childProgram())
  t.equal(toPrefix(65536).includes('--data=65536'), prlimit !== undefined)
  t.notOk(toPrefix().some(part => part.startsWith('--data')))
})
