/** What a sandbox process gives back when nobody calls its function. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { eventually } from '../../helpers/eventually.js'
import { startRig } from '../rig.js'

const MIB = 1024 ** 2

/** Memory of one process that no other shares, in MiB. */
const ownMemory = (pid: number): number =>
  Number(/^Pss_Anon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024

t.test('an idle process gives memory back, and runs on', async t => {
  const { scheduler, body, errors } = await startRig(t, { settings: { SANDBOX_MAX: '1' } })
  // Changed, since a body that is passed on as it came takes less.
  const code = 'function handler(ctx, event) return { body = event.body:reverse():upper() } end'
  const call = async () => await body(code, { event: { body: Buffer.alloc(MIB, 'x') } })
  for (let i = 0; i < 40; i++) await call()
  const [pid = 0] = scheduler.pids
  const used = ownMemory(pid)
  t.ok(used > 40, `${used} MiB after 40 MiB of bodies`)
  await eventually(t, () => ownMemory(pid) < used / 2, true)
  t.equal((await call()).length, MIB)
  t.same(scheduler.pids, [pid], 'it is the same process')
  t.same(errors, [])
})
