import { Duplex } from 'node:stream'
import t from 'tap'
import { largeBuffers } from '../../../core/base/large-buffers.js'
import { Channel } from '../../../sandbox/rpc/channel.js'
import { sendRun } from '../../../sandbox/rpc/send-run.js'
import { ToChild, type RunFields, type RunFrame } from '../../../sandbox/protocol/frames.js'

const SIZE = 1024 * 1024
const noOne = { onFrame: () => {}, onBreach: () => {}, onEnd: () => {} }
const fields: RunFields = [
  ...['id', 1, 'request', 'f', 'POST', '/', '/', 'http', '', '', 0, ''],
  ...[[], [], [], [], []]
] as unknown as RunFields

/** A channel to a process that takes nothing until it is told to; what it has got then is what it reads. */
function openStalled() {
  const got: Buffer[] = []
  const waiting: Array<() => void> = []
  const take = (chunks: readonly Buffer[], done: () => void): void => {
    waiting.push(() => {
      got.push(...chunks.map(chunk => Buffer.from(chunk)))
      done()
    })
  }
  const socket = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => {
      take([chunk], done)
    },
    writev: (chunks, done) => {
      take(
        chunks.map(({ chunk }) => chunk as Buffer),
        done
      )
    }
  })
  return { channel: new Channel(socket, 2 * SIZE, noOne), got, waiting }
}

t.test(
  'a body that is still on its way is not written over, though its run has ended elsewhere',
  async t => {
    const { channel, got, waiting } = openStalled()
    const body = largeBuffers.take(SIZE).fill('mine')
    const frame: RunFrame = [ToChild.run, fields, body]
    sendRun(channel, frame)
    const free = largeBuffers.freeBytes
    largeBuffers.give(body)
    t.equal(largeBuffers.freeBytes, free)
    largeBuffers.take(SIZE).fill('others')
    for (const take of waiting) take()
    const sent = Buffer.concat(got)
    t.ok(sent.subarray(-SIZE).equals(Buffer.alloc(SIZE, 'mine')))
  }
)

t.test('a body that was sent is used again', async t => {
  const { channel, waiting } = openStalled()
  const body = largeBuffers.take(SIZE)
  sendRun(channel, [ToChild.run, fields, body])
  for (const take of waiting) take()
  await new Promise(setImmediate)
  const free = largeBuffers.freeBytes
  largeBuffers.give(body)
  t.equal(largeBuffers.freeBytes, free + SIZE)
})
