import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { END_FIRST, endFirst } from '../../../sandbox/process/end-first.js'
import { Spawner } from '../../../sandbox/process/spawner.js'
import { unchangedPriority } from '../../../sandbox/process/start-priority.js'
import { returning, startRig } from '../rig.js'

const readScore = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8'))

t.test('a sandbox is ended before the server when memory runs out', async t => {
  const before = readScore(process.pid)
  const { scheduler, body } = await startRig(t)
  t.equal(await body(returning('"x"')), 'x')
  t.not(scheduler.pids.length, 0)
  for (const pid of scheduler.pids) t.equal(readScore(pid), END_FIRST)
  t.equal(readScore(process.pid), before, 'the server itself stays as it was')
})

t.test('a process that has ended meanwhile is no error', t => {
  endFirst(spawnSync('true').pid)
  t.end()
})

t.test('so is one that the spawner starts, and the spawner is not', async t => {
  const spawner = new Spawner({
    command: ['/bin/sh', ['-c', 'read line <&3; cat /proc/self/oom_score_adj >&3']],
    setpriv: undefined,
    priority: unchangedPriority
  })
  t.teardown(() => spawner.stop())
  t.equal(await spawner.up, true)
  const channel = await spawner.start().channel
  channel.write('now\n')
  t.equal(await text(channel), `${END_FIRST}\n`)
  t.equal(readScore(spawner.pid!), readScore(process.pid))
})
