/** The channel's descriptor, read as it is: blocking, in pieces. Where the server closes it, the child exits. */
import { readSync, readvSync, writeSync } from 'node:fs'
import { CHANNEL_FD } from '../protocol/frames.js'

const sleepCell = new Int32Array(new SharedArrayBuffer(4))

/** Waits for bytes, puts at most `count` of them at `at`, and gives how many. */
export function read(target: Buffer, at: number, count: number): number {
  for (;;) {
    try {
      const got = readSync(CHANNEL_FD, target, at, count, null)
      if (got === 0) process.exit(0)
      return got
    } catch (error) {
      retry(error)
    }
  }
}

/** As `read` into all of one buffer, by the call of Node's that looks at its arguments least. */
export function readWhole(list: readonly [Buffer]): number {
  for (;;) {
    try {
      const got = readvSync(CHANNEL_FD, list)
      if (got === 0) process.exit(0)
      return got
    } catch (error) {
      retry(error)
    }
  }
}

/** Writes a binary string, all of it. The child exits where the channel is closed. */
export function writeText(text: string): void {
  for (let at = 0; at < text.length;) {
    try {
      at += writeSync(CHANNEL_FD, at === 0 ? text : text.slice(at), null, 'latin1')
    } catch (error) {
      retry(error)
    }
  }
}

/** The descriptor blocks; where something made it non-blocking, a short sleep stands in for that. */
export function retry(error: unknown): void {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EAGAIN') Atomics.wait(sleepCell, 0, 0, 1)
  else if (code === 'EPIPE' || code === 'ECONNRESET') process.exit(0)
  else if (code !== 'EINTR') throw error
}
