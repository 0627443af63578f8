import { randomBytes } from 'node:crypto'
import t from 'tap'
import { BodyBuffer } from '../../../core/connections/body-buffer.js'

const piecesOf = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => {
    const part = bytes.subarray(i * size, (i + 1) * size)
    const piece = Buffer.allocUnsafeSlow(part.length)
    part.copy(piece)
    return piece
  })

t.test('a body is the same in whatever pieces it came, announced or not', async t => {
  for (const length of [0, 1, 65_536, 131_072, 131_073, 700_000]) {
    const bytes = randomBytes(length)
    for (const size of [999, 65_536]) {
      for (const announced of [0, length]) {
        const body = new BodyBuffer(announced, true)
        for (const piece of piecesOf(bytes, size)) body.add(piece)
        t.equal(body.size, length)
        t.ok(
          body.join().equals(bytes),
          `${length} bytes in pieces of ${size}, ${announced} announced`
        )
      }
    }
  }
})

t.test('a body that ends early is what has come of it', async t => {
  const bytes = randomBytes(300_000)
  const body = new BodyBuffer(1_000_000, true)
  for (const piece of piecesOf(bytes, 65_536)) body.add(piece)
  t.ok(body.join().equals(bytes))
})

t.test('pieces are given back when they are copied', async t => {
  const pieces = piecesOf(randomBytes(400_000), 65_536)
  const body = new BodyBuffer(400_000, true)
  for (const piece of pieces) body.add(piece)
  t.ok(pieces.every(({ length }) => length === 0))
})

t.test('what only a part of a larger memory is, stays as it is', async t => {
  const memory = randomBytes(200_000)
  const before = Buffer.from(memory)
  const body = new BodyBuffer(0, true)
  body.add(memory.subarray(0, 100_000))
  body.add(memory.subarray(100_000))
  t.ok(body.join().equals(before))
  t.ok(memory.equals(before))
})

t.test('pieces that belong to somebody else stay as they are', async t => {
  const pieces = piecesOf(randomBytes(400_000), 65_536)
  const before = Buffer.concat(pieces)
  const body = new BodyBuffer(400_000, false)
  for (const piece of pieces) body.add(piece)
  t.ok(body.join().equals(before))
  t.ok(Buffer.concat(pieces).equals(before))
})
