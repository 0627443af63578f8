/**
 * What all sandbox processes hold together, of what they may: measured a few at a time, since there may be thousands.
 * A process that has not been measured yet counts as an average one.
 */
import { memoryBytes } from '../../config/machine.js'
import { availableBytes, privateBytes } from '../process/private-memory.js'
import type { SandboxProcess } from '../process/sandbox-process.js'

const MIB = 1024 ** 2
/** Until some have been measured. */
const FIRST_GUESS = 20 * MIB
/** The weight of one measurement in the average. */
const WEIGHT = 1 / 32
/** Measured in one second; takes some 2 ms. */
const MEASURED_AT_ONCE = 64
/** So many processes are always let be: with fewer no server works. */
const MIN_PROCESSES = 4
/** With less than a twentieth of the memory left to the machine or container, idle processes end. */
const RESERVE = memoryBytes() / 20

export class PoolMemory {
  private total = 0
  private average = FIRST_GUESS
  private isShort = false
  /** Those that are measured next; refilled when it is empty. */
  private due: SandboxProcess[] = []

  /** `budget`: SANDBOX_POOL_MEMORY. `available` gives what the machine has left. */
  constructor(
    private readonly all: ReadonlySet<SandboxProcess>,
    private readonly budget: number,
    private readonly available = availableBytes
  ) {}

  /** Bytes. */
  get held(): number {
    return this.total
  }

  /** How many processes find room, those that there are included. */
  get capacity(): number {
    const room = this.isShort ? 0 : Math.max(0, this.budget - this.total)
    return Math.max(MIN_PROCESSES, this.all.size + Math.floor(room / this.average))
  }

  /** No further process finds room. */
  get isFull(): boolean {
    return this.all.size >= this.capacity
  }

  add(process: SandboxProcess): void {
    process.heldBytes = this.average
    this.total += process.heldBytes
  }

  remove(process: SandboxProcess): void {
    this.total -= process.heldBytes
  }

  /** Measures some of them, and gives how many bytes idle ones must give back. Called once a second. */
  measure(busy: Iterable<SandboxProcess>): number {
    for (const process of [...busy].slice(0, MEASURED_AT_ONCE)) this.measureOne(process)
    if (this.due.length === 0) this.due = [...this.all]
    for (const process of this.due.splice(0, MEASURED_AT_ONCE)) this.measureOne(process)
    const shortage = RESERVE - this.available()
    this.isShort = shortage > 0
    const excess = this.all.size > MIN_PROCESSES ? this.total - this.budget : 0
    return Math.max(shortage, Math.min(excess, this.total - MIN_PROCESSES * this.average))
  }

  private measureOne(process: SandboxProcess): void {
    if (process.hasExited || !process.isReady) return
    const bytes = privateBytes(process.pid)
    if (bytes === undefined || bytes === 0) return
    this.total += bytes - process.heldBytes
    process.heldBytes = bytes
    this.average += (bytes - this.average) * WEIGHT
  }
}
