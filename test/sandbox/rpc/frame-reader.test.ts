import { randomBytes } from 'node:crypto'
import t from 'tap'
import { FrameReader } from '../../../sandbox/rpc/frame-reader.js'
import { ProtocolFault } from '../../../sandbox/protocol/frames.js'

const LIMIT = 1_000_000

function framed(body: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUInt32BE(body.length)
  return Buffer.concat([header, body])
}

/** In chunks with memory of their own, as they come from a socket. */
const cut = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => {
    const part = bytes.subarray(i * size, (i + 1) * size)
    const chunk = Buffer.allocUnsafeSlow(part.length)
    part.copy(chunk)
    return chunk
  })

t.test('frames come whole and in their order, wherever the chunks are cut', async t => {
  const bodies = [1, 70_000, 3, 5000, 200_000, 1, 64].map(length => randomBytes(length))
  const bytes = Buffer.concat(bodies.map(framed))
  for (const size of [1, 2, 3, 5, 1000, 65_536, bytes.length]) {
    const got: Buffer[] = []
    const reader = new FrameReader(LIMIT, frame => {
      got.push(frame)
      return true
    })
    for (const chunk of cut(bytes, size)) reader.push(chunk)
    // Looked at when all has come: no frame changes behind its reader's back.
    t.ok(
      bodies.length === got.length && bodies.every((body, i) => got[i]?.equals(body)),
      `in chunks of ${size}`
    )
  }
})

t.test(
  'the memory of a chunk is given back once it is copied, and that of whole frames is not',
  async t => {
    const got: Buffer[] = []
    const reader = new FrameReader(LIMIT, frame => {
      got.push(frame)
      return true
    })
    const large = randomBytes(150_000)
    const chunks = cut(Buffer.concat([framed(large), framed(Buffer.from('whole'))]), 50_000)
    for (const chunk of chunks) reader.push(chunk)
    t.same(
      chunks.map(({ length }) => length),
      [0, 0, 0, 13]
    )
    t.ok(got[0]?.equals(large))
    t.equal(got[1]?.toString(), 'whole')
  }
)

t.test(
  'a frame beyond the limit and an empty one are faults, before there is room for them',
  async t => {
    const reader = (): FrameReader => new FrameReader(LIMIT, () => true)
    t.throws(() => {
      reader().push(Buffer.from([0xff, 0xff, 0xff, 0xff]))
    }, ProtocolFault)
    t.throws(() => {
      reader().push(Buffer.from([0, 0, 0, 0]))
    }, ProtocolFault)
  }
)

t.test('whoever has heard enough hears no more of that chunk', async t => {
  let count = 0
  const reader = new FrameReader(LIMIT, () => ++count < 2)
  reader.push(
    Buffer.concat([framed(Buffer.from('a')), framed(Buffer.from('b')), framed(Buffer.from('c'))])
  )
  t.equal(count, 2)
})
