/**
 * The child's end of the channel: blocking reads and writes of whole frames, so that a host call is a plain
 * function call. The child never goes back to its event loop; where the server closes the channel, it exits.
 */
import { writeSync } from 'node:fs'
import { CHANNEL_FD, HEADER_BYTES } from '../protocol/frames.js'
import { decodeFrame, encodeInPlace, releaseEncoder } from '../protocol/codec.js'
import {
  PLAIN,
  plainHead,
  plainSize,
  plainStart,
  readLength,
  TEXT_AT,
  writePlain
} from '../protocol/plain.js'
import { decodeRun } from '../protocol/run-frame.js'
import { read, readWhole, retry, writeText } from './blocking-io.js'

/** Room for a body of 64 KiB and its head, so that both are read and written at once. */
const BUFFER_BYTES = 72 * 1024
const PIECE_BYTES = 64 * 1024
/** Up to this size a plain frame is written as one text; of a larger one Node would make a copy in new memory. */
const MAX_TEXT_FRAME = 16 * 1024

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
const wholeBuffer = [buffer] as const
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
  if (start === end) {
    start = 0
    end = readWhole(wholeBuffer)
  }
  if (end - start < HEADER_BYTES) fill(HEADER_BYTES)
  const length = readLength(buffer, start)
  start += HEADER_BYTES
  if (length > limit) throw new FrameTooLarge(length, limit)
  if (length > BUFFER_BYTES) return decode(takeLarge(length), 0, length)
  if (end - start < length) fill(length)
  const at = start
  start += length
  return decode(buffer, at, start)
}

const decode = (bytes: Buffer, at: number, to: number): readonly unknown[] =>
  bytes[at] === PLAIN
    ? decodeRun(bytes, at, to)
    : (decodeFrame(bytes.subarray(at, to)) as unknown[])

/** Sends a frame; waits until the kernel has all of it. Throws FrameTooLarge, having sent nothing. */
export function send(frame: readonly unknown[]): void {
  const bytes = encodeInPlace(frame)
  const size = bytes.length - HEADER_BYTES
  if (size > limit) throw new FrameTooLarge(size, limit)
  write(bytes, bytes.length)
}

/**
 * Sends a plain frame, like `send`; text and body are binary strings. `pieces`: of at most 64 KiB each, of which the
 * body is put together.
 */
export function sendPlain(text: string, body: string, pieces?: readonly string[]): void {
  const size = TEXT_AT + text.length + body.length
  if (size > limit) throw new FrameTooLarge(size, limit)
  if (size <= MAX_TEXT_FRAME) writeText(plainStart(text.length, body.length) + text + body)
  else if (size <= BUFFER_BYTES - HEADER_BYTES) {
    writePlain(plainBuffer, text, body)
    write(plainBuffer, plainSize(text, body))
  } else sendLarge(text, body.length, pieces ?? cut(body))
}

/** Through one small buffer: a buffer of the frame's size would be new memory, and one more copy, each time. */
function sendLarge(text: string, bodyLength: number, pieces: Iterable<string>): void {
  const head = plainHead(text, bodyLength)
  write(head, head.length)
  for (const piece of pieces) write(plainBuffer, plainBuffer.write(piece, 'latin1'))
}

function* cut(body: string): Iterable<string> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.slice(at, at + PIECE_BYTES)
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

/**
 * The next `count` bytes, more than the buffer holds, in one that is kept for the next such frame: a new one costs a
 * page fault for every 4 KiB.
 */
function takeLarge(count: number): Buffer {
  if (large.length < count) large = Buffer.allocUnsafeSlow(count)
  const bytes = large.subarray(0, count)
  let filled = buffer.copy(bytes, 0, start, end)
  start = end = 0
  while (filled < count) filled += read(bytes, filled, count - filled)
  return bytes
}
