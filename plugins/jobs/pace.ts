/**
 * How many jobs may begin while the server has its hands full with calls. A job costs the server several times what a
 * call costs it, so jobs that began as fast as they could would take the time of calls. While calls come and the event
 * loop is busy, only a part as many begin; at any other time as many as there is room for.
 */
import { performance, type EventLoopUtilization } from 'node:perf_hooks'

export interface Load {
  /** Of `performance.now()`. */
  now(): number
  /** The part of the time since `since` in which the event loop was busy; now's reading for the next time. */
  utilization(since: EventLoopUtilization | undefined): EventLoopUtilization
}

const machine: Load = {
  now: () => performance.now(),
  utilization: since => {
    const reading = performance.eventLoopUtilization()
    return since === undefined
      ? reading
      : { ...reading, utilization: performance.eventLoopUtilization(reading, since).utilization }
  }
}

export const WINDOW_MS = 100
const BUSY = 0.5
/** Fewer calls in a window take so little of the time that nothing has to be left to them. */
const FEW = 20
/** A job costs some four times what a call of hello costs: so calls keep nine tenths of their rate. */
const PER_CALL = 0.03
/** For each call that is kept as a job: it costs half of what running it does. */
const PER_KEPT = 0.25
/** In each window, so that jobs go on whatever comes. */
const LEAST = 10

export class JobPace {
  private calls = 0
  private kept = 0
  private allowed = Infinity
  private begun: number
  private reading: EventLoopUtilization

  constructor(private readonly load: Load = machine) {
    this.begun = load.now()
    this.reading = load.utilization(undefined)
  }

  noteCall(): void {
    this.calls++
  }

  noteKept(): void {
    this.kept++
  }

  /** How many jobs may begin now. */
  allowance(): number {
    if (this.load.now() - this.begun >= WINDOW_MS) this.openWindow()
    return Math.floor(this.allowed)
  }

  noteBegun(count: number): void {
    this.allowed -= count
  }

  private openWindow(): void {
    const { calls, kept } = this
    this.reading = this.load.utilization(this.reading)
    const isBusy = calls + kept > FEW && this.reading.utilization > BUSY
    this.allowed = isBusy ? Math.max(LEAST, calls * PER_CALL + kept * PER_KEPT) : Infinity
    this.calls = 0
    this.kept = 0
    this.begun = this.load.now()
  }
}
