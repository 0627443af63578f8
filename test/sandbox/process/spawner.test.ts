/** Processes that are started by a spawner: as those of the server itself, and gone with it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import t, { type Test } from 'tap'
import { probeBarriers, type Barriers } from '../../../sandbox/process/barriers.js'
import { sandboxCommand } from '../../../sandbox/process/command.js'
import { STARTS_BEFORE_SPAWNER } from '../../../sandbox/process/process-starts.js'
import type { Command, SpawnedProcess } from '../../../sandbox/process/spawn.js'
import { Spawner } from '../../../sandbox/process/spawner.js'
import { unchangedPriority } from '../../../sandbox/process/start-priority.js'
import { eventually } from '../../helpers/eventually.js'
import { returning, startRig } from '../rig.js'

async function startSpawner(t: Test, command: Command, setpriv?: string): Promise<Spawner> {
  const spawner = new Spawner({ command, setpriv, priority: unchangedPriority })
  t.teardown(() => spawner.stop())
  t.equal(await spawner.up, true)
  return spawner
}

const shell = (script: string): Command => ['/bin/sh', ['-c', script]]

async function readAll(child: SpawnedProcess<Promise<Duplex>>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of await child.channel) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

t.test('a process gets what is sent, and the server what it answers and how it ends', async t => {
  const spawner = await startSpawner(t, shell('read line <&3; echo "got $line" >&3; exit 3'))
  const children = Array.from({ length: 20 }, () => spawner.start())
  const answers = children.map(async (child, index) => {
    const channel = await child.channel
    channel.write(`${index}\n`)
    return await readAll(child)
  })
  t.same(
    await Promise.all(answers),
    children.map((_, index) => `got ${index}\n`)
  )
  t.same(new Set(children.map(({ pid }) => pid)).size, 20)
  for (const child of children) t.same(await child, { exitCode: 3, signal: null })
})

t.test('a program that cannot be started has ended, and its channel is closed', async t => {
  const child = (await startSpawner(t, ['/no/such/program', []])).start()
  t.same(await child, { exitCode: null, signal: null })
  t.equal((await child.channel).destroyed, true)
})

t.test('a process is killed, also before anything is known of it', async t => {
  const spawner = await startSpawner(t, shell('exec sleep 1000'))
  const early = spawner.start()
  early.kill('SIGKILL')
  t.same(await early, { exitCode: null, signal: 'SIGKILL' })
  const late = spawner.start()
  await late.channel
  late.kill('SIGKILL')
  t.same(await late, { exitCode: null, signal: 'SIGKILL' })
})

t.test(
  'when the spawner is killed, what it started is over and its channels are closed',
  async t => {
    const spawner = await startSpawner(t, shell('exec sleep 1000'))
    const child = spawner.start()
    const channel = await child.channel
    const closed = once(channel.resume(), 'close')
    process.kill(spawner.pid!, 'SIGKILL')
    t.same(await child, { exitCode: null, signal: 'SIGKILL' })
    await closed
    t.equal(spawner.isUsable, false)
    await eventually(t, () => isAlive(child.pid!), false)
  }
)

/** As in barriers.test.ts. */
async function escape(t: Test): Promise<[Record<string, unknown>, Barriers]> {
  const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const folder = t.testdir({ 'escape.cjs': '' })
  const program = `${folder}/escape.cjs`
  const { port } = server.address() as AddressInfo
  const fixture = readFileSync('test/fixtures/escape.cjs', 'utf8')
  writeFileSync(program, fixture.replace('@PORT@', String(port)))
  chmodSync(folder, 0o755)
  const barriers = await probeBarriers(program)
  const command = sandboxCommand({
    barriers,
    memoryMb: 64,
    baseDataBytes: undefined,
    program,
    codeBytes: 0
  })
  const spawner = await startSpawner(t, command, barriers.setpriv)
  return [JSON.parse(await readAll(spawner.start())) as Record<string, unknown>, barriers]
}

t.test('nothing that JavaScript could try gets out of a process of the spawner', async t => {
  const [{ environment, descriptors, ...tries }, barriers] = await escape(t)
  t.same(environment, ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_'])
  t.same(descriptors, [3], 'no descriptor is open but the channel')
  for (const [name, result] of Object.entries(tries)) {
    if (name === 'signal its parent' && barriers.privileges !== 'nobody') continue
    if (name === 'connect to 127.0.0.1' && barriers.network === false) continue
    t.match(result, /^refused: /, name)
  }
})

t.test(
  'nothing is left when the server is killed, even of what never reads its channel',
  async t => {
    const load = (name: string): string =>
      JSON.stringify(new URL(`../../../sandbox/process/${name}.js`, import.meta.url).href)
    const code = `const { probeBarriers } = await import(${load('barriers')})
    const { Spawner } = await import(${load('spawner')})
    const { unchangedPriority } = await import(${load('start-priority')})
    const { toPrefix, setpriv } = await probeBarriers('/bin/sh')
    const [file, ...args] = [...toPrefix(), '/bin/sh', '-c', 'while :; do :; done']
    const spawner = new Spawner({ command: [file, args], setpriv, priority: unchangedPriority })
    await spawner.up
    const child = spawner.start()
    await child.channel
    console.log(JSON.stringify([setpriv !== undefined, spawner.pid, child.pid]))`
    const server = spawn(process.execPath, ['--input-type=module', '-e', code])
    const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string]
    const [hasSetpriv, ...pids] = JSON.parse(line) as [boolean, number, number]
    t.teardown(() => {
      for (const pid of pids.filter(isAlive)) process.kill(pid, 'SIGKILL')
    })
    t.same(pids.map(isAlive), [true, true])
    server.kill('SIGKILL')
    if (hasSetpriv) await eventually(t, () => pids.map(isAlive), [false, false])
    else await eventually(t, () => isAlive(pids[0]), false)
  }
)

const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])

t.test('with many starts a spawner does them, and functions go on when it is killed', async t => {
  const settings = { SANDBOX_MAX: '200', SANDBOX_MAX_INVOCATIONS: '1' }
  const { scheduler, body, errors } = await startRig(t, { settings })
  const spawned = async (): Promise<number[]> => {
    await body(returning('"x"'))
    return scheduler.pids
      .filter(isAlive)
      .map(parentOf)
      .filter(parent => parent !== process.pid)
  }
  for (let i = 0; i < STARTS_BEFORE_SPAWNER; i++) await body(returning('"x"'))
  let parent = 0
  await eventually(t, async () => ([parent = 0] = await spawned()).length > 0, true)
  process.kill(parent, 'SIGKILL')
  for (let i = 0; i < 3; i++) t.equal(await body(returning('"x"')), 'x')
  await eventually(t, async () => (await spawned()).some(pid => pid !== parent), true)
  t.same(errors, [])
  await scheduler.stop(0)
  await eventually(t, () => isAlive(parent), false)
})
