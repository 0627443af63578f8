/** Sending the frame of a run. */
import { largeBuffers } from '../../core/base/large-buffers.js'
import type { RunFrame } from '../protocol/frames.js'
import { encodeRun, encodeRunHead } from '../protocol/run-frame.js'
import type { Channel } from './channel.js'

/** Bytes of a body from which a write of its own costs less than a copy. */
const LARGE_BODY = 64 * 1024

/** With the others of this tick, or at once where its body is large. */
export function sendRun(channel: Channel, frame: RunFrame): void {
  const [, , body] = frame
  if (body.length < LARGE_BODY) return channel.sendEncoded(encodeRun(frame))
  channel.sendEncoded(encodeRunHead(frame))
  // The run may end before it is sent, where another process has run it.
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  channel.sendNow(bytes, largeBuffers.hold(body))
}
