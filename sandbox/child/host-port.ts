/**
 * The child's end of the channel: blocking reads and writes of whole frames, so that a host call is a plain
 * function call. The child never goes back to its event loop; where the server closes the channel, it exits.
 */
import { writeSync } from 'node:fs'
import { CHANNEL_FD, HEADER_BYTES } from '../protocol/frames.js'
import { decodeFrame, encodeInPlace, releaseEncoder } from '../protocol/codec.js'
import { isPlain, plainHead, plainSize, readLength, writePlain } from '../protocol/plain.js'
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
const nothing = Buffer.alloc(0)
let large = nothing
let start = 0
let end = 0
let limit = 1024 * 1024

/** Sets the most bytes a frame may have, either way. */
export function setFrameLimit(bytes: number): void {
  limit = bytes
}

/** Lets go of the memory that was used for large frames. No frame that was received may be in use. */
export function releaseLarge(): void {
  large = nothing
  releaseEncoder()
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
  const bytes = encodeInPlace(frame)
  checkSize(bytes.length)
  write(bytes, bytes.length)
}

/**
 * Sends a plain frame, like `send`; text and body are binary strings. `pieces`: of at most 64 KiB each, of which the
 * body is put together.
 */
export function sendPlain(text: string, body: string, pieces?: readonly string[]): void {
  const size = plainSize(text, body)
  checkSize(size)
  if (size <= BUFFER_BYTES) {
    writePlain(plainBuffer, text, body)
    write(plainBuffer, size)
  } else sendLarge(text, body.length, pieces ?? cut(body))
}

/** Through one small buffer: a buffer of the frame's size would be new memory, and one more copy, each time. */
function sendLarge(text: string, bodyLength: number, pieces: Iterable<string>): void {
  const head = plainHead(text, bodyLength)
  write(head, head.length)
  for (const piece of pieces) write(plainBuffer, plainBuffer.write(piece, 'latin1'))
}

function* cut(body: string): Iterable<string> {
  for (let at = 0; at < body.length; at += BUFFER_BYTES) yield body.slice(at, at + BUFFER_BYTES)
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

/** Into a buffer that is kept for the next one: a new one costs a page fault for every 4 KiB. */
function takeLarge(count: number): Buffer {
  if (large.length < count) large = Buffer.allocUnsafeSlow(count)
  const bytes = large.subarray(0, count)
  let filled = buffer.copy(bytes, 0, start, end)
  start = end = 0
  while (filled < count) filled += read(bytes, filled, count - filled)
  return bytes
}
