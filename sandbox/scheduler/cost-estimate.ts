/**
 * What recent invocations of a version cost, as moving averages of what the sandbox reports: CPU time, and time spent
 * waiting (for host functions, or asleep). CPU time and not wall time, since wall time also measures contention.
 *
 * Further invocations of a cheap version may wait in the pipe of a busy process; those of an I/O-bound version get
 * processes of their own at once; and a CPU-bound version gains little from more processes than there are cores.
 */
const CHEAP_MS = 5
const TRIVIAL_MS = 0.25
const TRIVIAL_CALLS = 0.1
const BRIEF_MS = 50
const IO_BOUND_MS = 5
/** Samples before the averages mean anything. */
const MIN_SAMPLES = 3
/** The average after an invocation that cost its process; some twenty cheap ones bring it down again. */
const CRASH_MS = 50
const WEIGHT = 1 / 8

export class CostEstimate {
  private cpuMs = 0
  private waitMs = 0
  private calls = 0
  private samples = 0

  get isCheap(): boolean {
    return this.samples >= MIN_SAMPLES && this.cpuMs + this.waitMs < CHEAP_MS
  }

  /**
   * So cheap, and so rarely waiting for the server, that waking a second process costs more than waiting for the
   * first.
   */
  get isTrivial(): boolean {
    if (this.samples < MIN_SAMPLES) return false
    return this.cpuMs + this.waitMs < TRIVIAL_MS && this.calls < TRIVIAL_CALLS
  }

  /** It computes, and so briefly that callers are better off with few processes that are not in each other's way. */
  get isBrief(): boolean {
    return this.samples >= MIN_SAMPLES && !this.isIoBound && this.cpuMs < BRIEF_MS
  }

  get isIoBound(): boolean {
    return this.samples > 0 && this.waitMs >= IO_BOUND_MS
  }

  /** `calls`: how often it waited for a host function. */
  observe(cpuMs: number, waitMs: number, calls: number): void {
    const weight = this.samples++ === 0 ? 1 : WEIGHT
    // V8 compiles on other threads, whose time counts as the invocation's: a single outlier says little.
    const plausible = weight === 1 ? cpuMs : Math.min(cpuMs, this.cpuMs * 4 + 1)
    this.cpuMs += (plausible - this.cpuMs) * weight
    this.waitMs += (waitMs - this.waitMs) * weight
    this.calls += (calls - this.calls) * weight
  }

  observeCrash(): void {
    this.samples++
    this.cpuMs = Math.max(this.cpuMs, CRASH_MS)
  }
}
