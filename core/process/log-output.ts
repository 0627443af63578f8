/**
 * Where the lines of the server's log go: a file descriptor, of a pipe that somebody reads or of a file. Lines wait a
 * moment and go together, so that logging costs a call next to nothing.
 *
 * A log never ends its server nor holds it up. When nobody reads any more (the program behind a pipe has ended),
 * nothing is written from then on. While there is no room (a file on a full disk, a reader who is slow), lines are kept
 * and tried again, a bounded amount of them; how many were dropped beyond that, the log says once it goes on.
 */
import { write, writeSync } from 'node:fs'

export interface LogOutputOptions {
  readonly fd: number
  /** What is worth a write at once; less than that waits for up to 200 ms. */
  readonly minBytes: number
  /** Of one write, which never ends within a line unless that is longer. */
  readonly maxBytes: number
  /** So many lines were dropped, and there is room again. */
  readonly onDropped: (count: number) => void
}

const WAIT_MS = 200
const RETRY_MS = 200
/** How long the end of a process waits for a reader who takes nothing. */
const LAST_WAIT_MS = 1_000
const MAX_WAITING_BYTES = 4 * 1024 ** 2

export class LogOutput {
  private lines: string[] = []
  private bytes = 0
  private dropped = 0
  /** What is being written, or is to be tried again. */
  private chunk: Buffer | undefined
  private isSent = false
  private isRead = true
  private timer: NodeJS.Timeout | undefined

  constructor(private readonly options: LogOutputOptions) {}

  /** Takes a line, with its end. */
  write(line: string): void {
    if (!this.isRead) return
    if (this.bytes >= MAX_WAITING_BYTES) {
      this.dropped++
      return
    }
    this.add(line)
    if (this.chunk === undefined) this.writeSoon()
  }

  /** Writes all that waits before it returns, as far as there is room and somebody reads. */
  flushSync(): void {
    const end = performance.now() + LAST_WAIT_MS
    // What the kernel has already is written by it.
    if (this.isSent) this.chunk = undefined
    for (;;) {
      this.chunk ??= this.take()
      if (this.chunk === undefined) return
      try {
        this.pass(writeSync(this.options.fd, this.chunk))
      } catch (error) {
        if (!isBusy(error) || performance.now() > end) return
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
      }
    }
  }

  private add(line: string): void {
    this.lines.push(line)
    this.bytes += Buffer.byteLength(line)
  }

  /** Writes what waits, now or in a moment. */
  private writeSoon(): void {
    if (this.bytes >= this.options.minBytes) return this.send()
    if (this.bytes === 0) return
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      if (!this.isSent) this.send()
    }, WAIT_MS).unref()
  }

  private send(): void {
    this.chunk ??= this.take()
    if (this.chunk === undefined) return
    this.isSent = true
    write(this.options.fd, this.chunk, 0, this.chunk.length, null, (error, written) => {
      this.isSent = false
      if (error !== null) return this.fail(error)
      this.pass(written)
      if (this.chunk !== undefined) return this.send()
      this.tellDropped()
      this.writeSoon()
    })
  }

  private fail(error: NodeJS.ErrnoException): void {
    if (error.code === 'EPIPE') {
      this.isRead = false
      this.chunk = undefined
      this.lines = []
      return
    }
    setTimeout(() => {
      if (!this.isSent) this.send()
    }, RETRY_MS).unref()
  }

  private pass(written: number): void {
    const rest = this.chunk?.subarray(written)
    this.chunk = rest?.length === 0 ? undefined : rest
  }

  private tellDropped(): void {
    if (this.dropped === 0 || this.bytes >= MAX_WAITING_BYTES) return
    const { dropped } = this
    this.dropped = 0
    this.options.onDropped(dropped)
  }

  private take(): Buffer | undefined {
    let count = 0
    let bytes = 0
    for (const line of this.lines) {
      const size = Buffer.byteLength(line)
      if (count > 0 && bytes + size > this.options.maxBytes) break
      bytes += size
      count++
    }
    this.bytes -= bytes
    return count === 0 ? undefined : Buffer.from(this.lines.splice(0, count).join(''))
  }
}

/** It can be tried again in a moment: the reader of a pipe has not kept up. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EAGAIN'
