/** Bodies travel in one buffer or in pieces, by their size: none may lose, repeat or move a byte. */
import { randomBytes } from 'node:crypto'
import t from 'tap'
import { buildApi } from '../helpers/api.js'

const PIECE = 64 * 1024
/** What a sandbox reads and writes at once, a frame with its head. */
const AT_ONCE = 72 * 1024
const code = 'function handler(ctx, event) return { body = event.body } end'

t.test('bodies around every border of size come back as they were', async t => {
  const { app, create } = await buildApi(t, { SANDBOX_MAX: '1' })
  const id = await create({ code })
  const small = [1, 4095, 4096, PIECE / 4, PIECE - 300, PIECE - 9, PIECE, PIECE + 1]
  const atOnce = [400, 200, 90, 70, 9, 0, -1].map(less => AT_ONCE - less)
  const sizes = [...small, ...atOnce, 2 * PIECE, 3 * PIECE + 7, 1024 ** 2]
  for (const size of [...sizes, 3 * 1024 ** 2 + 11, ...sizes.toReversed()]) {
    const payload = randomBytes(size)
    const { statusCode, rawPayload } = await app.inject({
      method: 'POST',
      url: `/fn/${id}`,
      payload
    })
    t.equal(statusCode, 200)
    t.ok(payload.equals(rawPayload), `${size} bytes`)
  }
})

t.test('large bodies that wait behind each other do not mix', async t => {
  const { app, create } = await buildApi(t, { SANDBOX_MAX: '1' })
  const id = await create({ code })
  const payloads = Array.from({ length: 24 }, (_, i) => Buffer.alloc(PIECE * (i % 5) + i, i + 1))
  const answers = await Promise.all(
    payloads.map(payload => app.inject({ method: 'POST', url: `/fn/${id}`, payload }))
  )
  for (const [i, { rawPayload }] of answers.entries()) {
    t.ok(payloads[i]?.equals(rawPayload), `body ${i}`)
  }
})

t.test('what a function makes of a large body is sent, not the body as it came', async t => {
  const { app, create } = await buildApi(t, { SANDBOX_MAX: '1' })
  const made: ReadonlyArray<readonly [code: string, make: (text: string) => string]> = [
    ['event.body:reverse()', text => Array.from(text).reverse().join('')],
    ['event.body:sub(2) .. "x"', text => `${text.slice(1)}x`],
    ['event.body:sub(1, 100000) .. event.body:sub(100001)', text => text]
  ]
  for (const [body, make] of made) {
    const id = await create({ code: `function handler(ctx, event) return { body = ${body} } end` })
    const text = randomBytes(2 * PIECE + 1000).toString('latin1')
    const answer = await app.inject({
      method: 'POST',
      url: `/fn/${id}`,
      payload: Buffer.from(text, 'latin1')
    })
    t.ok(answer.rawPayload.toString('latin1') === make(text), body)
  }
})
