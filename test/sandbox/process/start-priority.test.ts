import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import t, { type Test } from 'tap'
import {
  probeStartPriority,
  STARTING_NICE,
  unchangedPriority
} from '../../../sandbox/process/start-priority.js'
import { eventually } from '../../helpers/eventually.js'
import { returning, startRig } from '../rig.js'

const usual = getPriority()
const lowered = Math.min(19, usual + STARTING_NICE)

/** Of all threads. The nineteenth field; the second may have spaces and ends with a parenthesis. */
const nicesOf = (pid: number): number[] =>
  readdirSync(`/proc/${pid}/task`).map(thread => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
  })

/** A process with several threads. */
async function startProcess(t: Test): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1e6)'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child.pid!
}

t.test('a process is lowered, and all its threads are raised again', async t => {
  const pid = await startProcess(t)
  const priority = probeStartPriority(pid)
  if (priority === unchangedPriority) return t.comment('priorities cannot be raised here')
  t.ok(nicesOf(pid).length > 1)
  t.same(new Set(nicesOf(pid)), new Set([usual]), 'the probe leaves it as it was')
  priority.lower(pid)
  t.equal(Math.max(...nicesOf(pid)), lowered)
  priority.restore(pid)
  t.same(new Set(nicesOf(pid)), new Set([usual]))
})

t.test('a sandbox that is ready has the priority of its server, with all threads', async t => {
  const { scheduler, body } = await startRig(t)
  t.equal(await body(returning('"x"')), 'x')
  t.not(scheduler.pids.length, 0)
  await eventually(t, () => [...new Set(scheduler.pids.flatMap(nicesOf))], [usual])
})

t.test('a process that has ended meanwhile is no error', async t => {
  const priority = probeStartPriority(await startProcess(t))
  const { pid } = spawnSync('true')
  priority.lower(pid)
  priority.restore(pid)
  t.equal(probeStartPriority(pid), unchangedPriority)
})

t.test('where a priority cannot be raised again, none is changed', async t => {
  const module = new URL('../../../sandbox/process/start-priority.js', import.meta.url).href
  const code = `const { probeStartPriority, unchangedPriority } = await import(${JSON.stringify(module)})
    const { spawn } = await import('node:child_process')
    const child = spawn('sleep', ['60'])
    console.log(probeStartPriority(child.pid) === unchangedPriority)
    child.kill('SIGKILL')`
  const node = [process.execPath, '--input-type=module', '-e', code]
  const isRoot = process.getuid?.() === 0
  const [file = '', ...args] = isRoot ? ['setpriv', '--bounding-set=-sys_nice', ...node] : node
  const limited = ['--nice=0:0', file, ...args]
  const { stdout, stderr, status } = spawnSync('prlimit', limited, { encoding: 'utf8' })
  t.equal(status, 0, stderr)
  t.equal(stdout, 'true\n')
})
