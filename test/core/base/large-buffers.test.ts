import t from 'tap'
import { LargeBuffers } from '../../../core/base/large-buffers.js'
import { eventually } from '../../helpers/eventually.js'

const MIB = 1024 * 1024

t.test(
  'memory that was given back is used again, and who kept it sees nothing of that',
  async t => {
    const buffers = new LargeBuffers(4 * MIB)
    const first = buffers.take(MIB).fill('secret')
    const kept = first.subarray(1000)
    buffers.give(kept)
    t.ok(buffers.freeBytes >= MIB)
    const second = buffers.take(MIB - 5000)
    t.equal(buffers.freeBytes, 0)
    t.equal(second.length, MIB - 5000)
    second.fill('other')
    t.equal(first.length, 0)
    t.equal(kept.length, 0)
  }
)

t.test('memory is given back once, whatever view of it is given how often', async t => {
  const buffers = new LargeBuffers(8 * MIB)
  const bytes = buffers.take(MIB)
  const views = [bytes, bytes.subarray(10), new Uint8Array(bytes.buffer)]
  for (const view of views) buffers.give(view)
  t.equal(buffers.freeBytes, MIB)
  const [one, other] = [buffers.take(MIB).fill(1), buffers.take(MIB).fill(2)]
  t.ok(one.every(byte => byte === 1))
  t.ok(other.every(byte => byte === 2))
})

t.test('what somebody still reads is not used again, also once they are done', async t => {
  const buffers = new LargeBuffers(8 * MIB)
  const bytes = buffers.take(MIB).fill(7)
  const stops = [buffers.hold(bytes), buffers.hold(bytes.subarray(5))]
  stops[0]?.()
  buffers.give(bytes)
  t.equal(buffers.freeBytes, 0)
  t.ok(bytes.length === MIB && bytes.every(byte => byte === 7), 'and stays as it is')
  stops[1]?.()
  buffers.give(bytes)
  t.equal(buffers.freeBytes, 0)
})

t.test('what was held and is no more is used again', async t => {
  const buffers = new LargeBuffers(8 * MIB)
  const bytes = buffers.take(MIB)
  buffers.hold(bytes)?.()
  buffers.give(bytes)
  t.equal(buffers.freeBytes, MIB)
})

t.test('memory from elsewhere is left alone', async t => {
  const buffers = new LargeBuffers(8 * MIB)
  const others = [
    Buffer.alloc(MIB, 3),
    new Uint8Array(new SharedArrayBuffer(MIB)).fill(3),
    buffers.take(1000).fill(3),
    new LargeBuffers(MIB).take(MIB).fill(3)
  ]
  for (const bytes of others) {
    t.equal(buffers.hold(bytes), undefined)
    buffers.give(bytes)
    t.ok(bytes.length > 0 && bytes.every(byte => byte === 3))
  }
  t.equal(buffers.freeBytes, 0)
})

t.test('no more is held than the limit, and a small body gets no large buffer', async t => {
  const buffers = new LargeBuffers(3 * MIB)
  const taken = Array.from({ length: 5 }, () => buffers.take(MIB))
  for (const bytes of taken) buffers.give(bytes)
  t.equal(buffers.freeBytes, 3 * MIB)
  buffers.take(200_000)
  t.equal(buffers.freeBytes, 3 * MIB)
})

t.test('what is not needed goes back to the system', async t => {
  const buffers = new LargeBuffers(8 * MIB)
  const taken = Array.from({ length: 5 }, () => buffers.take(MIB))
  for (const bytes of taken) buffers.give(bytes)
  await eventually(t, () => buffers.freeBytes, 0)
  buffers.give(buffers.take(MIB))
  await eventually(t, () => buffers.freeBytes, 0, 'also what comes afterwards')
})
