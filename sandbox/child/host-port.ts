/**
 * The child's end of the channel: blocking reads and writes of whole frames, so that a host call is a plain
 * function call. The child never goes back to its event loop; where the server closes the channel, it exits.
 */
import { writeSync } from 'node:fs'
import { CHANNEL_FD, HEADER_BYTES } from '../protocol/frames.js'
import { decodeFrame, encodeFrame } from '../protocol/codec.js'
import { isPlain, plainSize, readLength, writePlain } from '../protocol/plain.js'
import { decodeRun } from '../protocol/run-frame.js'
import { read, retry } from './blocking-io.js'

const BUFFER_BYTES = 64 * 1024

/** A frame larger than the protocol's limit; it was not sent. */
export class FrameTooLarge extends Error {
  constructor(
    readonly size: number,
    readonly limit: number
  ) {
    super(`a frame of ${size} bytes (at most ${limit} are allowed)`)
  }
}

const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
const plainBuffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
let start = 0
let end = 0
let limit = 1024 * 1024

/** Sets the most bytes a frame may have, either way. */
export function setFrameLimit(bytes: number): void {
  limit = bytes
}

/** Waits for the next frame. Bytes inside it are valid until the next call. */
export function receive(): readonly unknown[] {
  fill(HEADER_BYTES)
  const length = readLength(buffer, start)
  start += HEADER_BYTES
  if (length > limit) throw new FrameTooLarge(length, limit)
  const bytes = take(length)
  return isPlain(bytes) ? decodeRun(bytes) : (decodeFrame(bytes) as unknown[])
}

/** Sends a frame; waits until the kernel has all of it. Throws FrameTooLarge, having sent nothing. */
export function send(frame: readonly unknown[]): void {
  const bytes = encodeFrame(frame)
  checkSize(bytes.length)
  write(bytes, bytes.length)
}

/** Sends a plain frame, like `send`; text and body are binary strings. */
export function sendPlain(text: string, body: string): void {
  const size = plainSize(text, body)
  checkSize(size)
  const bytes = size <= BUFFER_BYTES ? plainBuffer : Buffer.allocUnsafeSlow(size)
  writePlain(bytes, text, body)
  write(bytes, size)
}

/** `size` with the length in front. */
function checkSize(size: number): void {
  if (size - HEADER_BYTES > limit) throw new FrameTooLarge(size - HEADER_BYTES, limit)
}

function write(bytes: Buffer, size: number): void {
  for (let at = 0; at < size;) {
    try {
      at += writeSync(CHANNEL_FD, bytes, at, size - at)
    } catch (error) {
      retry(error)
    }
  }
}

/** Reads until `count` bytes, no more than it holds, are in the buffer. */
function fill(count: number): void {
  if (start === end) start = end = 0
  else if (start + count > BUFFER_BYTES) {
    buffer.copyWithin(0, start, end)
    end -= start
    start = 0
  }
  while (end - start < count) end += read(buffer, end, BUFFER_BYTES - end)
}

/** The next `count` bytes: of the buffer, or of their own when they are more than it holds. */
function take(count: number): Buffer {
  if (count > BUFFER_BYTES) return takeLarge(count)
  fill(count)
  const bytes = buffer.subarray(start, start + count)
  start += count
  return bytes
}

function takeLarge(count: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(count)
  let filled = buffer.copy(bytes, 0, start, end)
  start = end = 0
  while (filled < count) filled += read(bytes, filled, count - filled)
  return bytes
}
