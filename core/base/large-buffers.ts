/**
 * Memory of large bodies that is used again for the next ones. The system gives new memory as pages that are made at
 * their first touch, some 2 µs each: 0.6 ms for a body of 1 MiB, which copying it takes 0.05 ms.
 *
 * Nobody sees bytes of anybody else: what is given back is moved to a buffer of its own, so that all views of it that
 * somebody has kept are empty from then on; and whoever takes memory writes all of it before others see it. What is
 * never given back is garbage like any other buffer.
 */

/** Below, blocks come from the allocator's heap, whose pages stay (MALLOC_MMAP_THRESHOLD_). */
const SMALLEST = 128 * 1024
/** A buffer may be so many times as large as what it is taken for. */
const MAX_SLACK = 2
/** So often memory goes back to the system that has not been needed since the last time. */
const LOOK_MS = 1000

interface Loan {
  /** Who is still reading it beside its owner, as sockets do that have not sent it yet. */
  readers: number
}

export class LargeBuffers {
  /** Not in use; the newest at the end, whose pages are likeliest to be in the processor's caches. */
  private readonly free: ArrayBuffer[] = []
  private freeSize = 0
  /** The least that was free since the last look. */
  private spare = 0
  private timer: NodeJS.Timeout | undefined
  private readonly loans = new WeakMap<ArrayBufferLike, Loan>()

  /** Holds at most `limit` bytes that nobody uses. */
  constructor(private readonly limit: number) {}

  /** Bytes that nobody uses. */
  get freeBytes(): number {
    return this.freeSize
  }

  /** `size` bytes with any content. The taker has to write all of them before it shows them to anybody. */
  take(size: number): Buffer {
    if (size < SMALLEST) return Buffer.allocUnsafeSlow(size)
    const memory = this.takeFree(size) ?? Buffer.allocUnsafeSlow(roundUp(size)).buffer
    this.loans.set(memory, { readers: 0 })
    return Buffer.from(memory, 0, size)
  }

  /**
   * The memory of `bytes`, or of what they are a view of, is used no more; all views of it are empty from now on,
   * unless somebody holds it: then it is garbage once they are done. Nothing happens to memory from elsewhere.
   */
  give({ buffer }: Uint8Array): void {
    const loan = this.loans.get(buffer)
    if (loan === undefined || !(buffer instanceof ArrayBuffer)) return
    this.loans.delete(buffer)
    if (loan.readers > 0 || this.freeSize + buffer.byteLength > this.limit) return
    this.free.push(buffer.transfer())
    this.freeSize += this.free.at(-1)?.byteLength ?? 0
    this.timer ??= setInterval(() => {
      this.trim()
    }, LOOK_MS).unref()
  }

  /**
   * To be called by whoever goes on reading `bytes` by itself, such as a socket; gives what is to be called when that
   * is over. Undefined: this is memory from elsewhere.
   */
  hold({ buffer }: Uint8Array): (() => void) | undefined {
    const loan = this.loans.get(buffer)
    if (loan === undefined) return undefined
    loan.readers++
    return () => {
      loan.readers--
    }
  }

  private takeFree(size: number): ArrayBuffer | undefined {
    const { free } = this
    for (let i = free.length - 1; i >= 0; i--) {
      const memory = free[i] as ArrayBuffer
      if (memory.byteLength < size || memory.byteLength > size * MAX_SLACK) continue
      free.splice(i, 1)
      this.freeSize -= memory.byteLength
      this.spare = Math.min(this.spare, this.freeSize)
      return memory
    }
    return undefined
  }

  /** Gives the system what nobody has needed since the last look, the oldest first. */
  private trim(): void {
    const { free } = this
    while (free.length > 0 && this.spare > 0) {
      const memory = free.shift() as ArrayBuffer
      this.freeSize -= memory.byteLength
      this.spare -= memory.byteLength
      memory.transfer(0)
    }
    this.spare = this.freeSize
    if (free.length > 0) return
    clearInterval(this.timer)
    this.timer = undefined
  }
}

/** To eighths of the next power of two, so that bodies of like sizes fit into each other's memory. */
function roundUp(size: number): number {
  const step = 2 ** Math.ceil(Math.log2(size)) / 8
  return Math.ceil(size / step) * step
}

/** Those of this server. */
export const largeBuffers = new LargeBuffers(32 * 1024 * 1024)
