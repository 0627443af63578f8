import t, { type Test } from 'tap'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { eventually } from '../../helpers/eventually.js'
import { TransferWatch } from '../../../sandbox/rpc/transfer-watch.js'

/** A process with a channel on descriptor 3, as a sandbox has it. `look` tells whether it saw a large frame move. */
function start(t: Test, script: string) {
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore', 'pipe'] })
  const channel = child.stdio[3] as Duplex
  t.teardown(async () => {
    channel.destroy()
    child.kill('SIGKILL')
    await once(child, 'close')
  })
  let now = 0
  const watch = new TransferWatch(() => channel)
  const look = (): boolean => {
    watch.look(++now)
    return watch.lastAt === now
  }
  return { child, channel, look }
}

t.test('a large frame moves as long as its process takes more of it', async t => {
  const { child, channel, look } = start(t, 'read line; head -c 700000 <&3; read line')
  t.equal(look(), false)
  channel.write(Buffer.alloc(1024 ** 2))
  look()
  t.equal(look(), false, 'the kernel takes no more before the process reads')
  child.stdin?.write('\n')
  await eventually(t, look, true)
})

t.test('what a process sends counts if it is much', async t => {
  const { child, channel, look } = start(
    t,
    'printf hello >&3; read line; head -c 200000 /dev/zero >&3; read line'
  )
  const [hello] = (await once(channel, 'data')) as [Buffer]
  t.match(hello, Buffer.from('hello'))
  t.equal(look(), false)
  channel.on('data', () => {})
  child.stdin?.write('\n')
  await eventually(t, look, true)
})
