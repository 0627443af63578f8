/**
 * All that the scheduler knows: what waits, which processes there are, and what each of them does. It acts on
 * nothing.
 */
import { coresOf } from '../../config/workers.js'
import type { Invocation } from '../invocation.js'
import type { SandboxProcess } from '../process/sandbox-process.js'
import type { DecisionState } from './decide.js'
import { FairShare } from './fair-share.js'
import { MUCH_MORE_POPULAR, PopularityMemory } from './popularity.js'
import { FairQueue } from './queue.js'
import { VersionProcesses } from './version-processes.js'

export interface StateSettings {
  readonly SANDBOX_MAX: number
  readonly SANDBOX_BUSY_MAX: number
  readonly SANDBOX_MAX_INVOCATIONS: number
  readonly QUEUE_LIMIT: number
  /** Servers that share the cores; 1 unless given. */
  readonly WORKERS?: number
}

export class SchedulerState implements DecisionState<SandboxProcess> {
  readonly queue: FairQueue
  /** Of processes: whatever its run does, a busy one is in the way of others. */
  readonly places: FairShare
  /** Of the cores: only runs that compute are in each other's way. */
  readonly computing: FairShare
  /** By binding key; none is empty. */
  readonly versions = new Map<string, VersionProcesses>()
  private readonly remembered = new PopularityMemory()
  readonly busy = new Set<SandboxProcess>()
  /** Ready and bound to no version. */
  readonly unbound: SandboxProcess[] = []
  /** Invocations that have ended, but whose one-way calls have not settled. */
  readonly draining = new Set<Invocation>()
  readonly cores: number
  readonly singleUse: boolean
  polledAt = performance.now()
  isStopping = false

  constructor(settings: StateSettings) {
    this.cores = coresOf(settings.WORKERS ?? 1)
    this.queue = new FairQueue(settings.QUEUE_LIMIT)
    this.places = new FairShare(settings.SANDBOX_MAX)
    this.computing = new FairShare(settings.SANDBOX_BUSY_MAX)
    this.singleUse = settings.SANDBOX_MAX_INVOCATIONS === 1
  }

  /** Nothing waits and nothing runs. */
  get isDrained(): boolean {
    return this.busy.size === 0 && this.queue.size === 0 && this.draining.size === 0
  }

  get idleCount(): number {
    let count = 0
    for (const { idle } of this.versions.values()) count += idle.length
    return count
  }

  /** The process begins to work for the invocation's version, and is bound to it from now on. */
  occupy(process: SandboxProcess, { bindingKey, functionId }: Invocation): void {
    this.versionOf(bindingKey).toBusy(process)
    this.busy.add(process)
    this.places.acquire(functionId)
    this.computing.acquire(functionId)
  }

  /** The process was bound ahead of its first invocation; the others of its version are used before it. */
  addIdle(process: SandboxProcess, bindingKey: string): void {
    this.versionOf(bindingKey).idle.unshift(process)
  }

  canAcquire(functionId: string): boolean {
    return this.places.canAcquire(functionId) && this.computing.canAcquire(functionId)
  }

  /** How many functions more, of those that have nothing, could each have a process that computes. */
  get free(): number {
    return Math.min(this.places.free, this.computing.free)
  }

  /** What the process runs has begun to wait, or goes on. */
  noteWaiting(process: SandboxProcess, isWaiting: boolean): void {
    const { functionId } = process
    if (process.isWaiting === isWaiting || functionId === undefined) return
    process.isWaiting = isWaiting
    if (isWaiting) this.computing.release(functionId)
    else this.computing.acquire(functionId)
  }

  /** How many processes compute something else than their first run, which is part of what a start costs. */
  get settledComputing(): number {
    let count = 0
    for (const { isWaiting, completed } of this.busy) if (!isWaiting && completed > 0) count++
    return count
  }

  /** It is busy no longer. */
  private release(process: SandboxProcess, functionId: string): void {
    this.noteWaiting(process, false)
    this.places.release(functionId)
    this.computing.release(functionId)
  }

  /** How often a version is called, whether it has processes or not. */
  popularityOf(bindingKey: string, now: number): number {
    const popularity = this.versions.get(bindingKey)?.popularity ?? this.remembered.peek(bindingKey)
    return popularity?.at(now) ?? 0
  }

  /**
   * Of the functions that wait and have no process, the first invocation of the one that is called most. Undefined:
   * that is not much more often than the one whose turn it is.
   */
  mostWanted(now: number): Invocation | undefined {
    let limit: number | undefined
    let wanted: Invocation | undefined
    for (const [first, count] of this.queue.heads()) {
      if (this.versions.has(first.bindingKey)) continue
      const popularity = this.popularityOf(first.bindingKey, now) + count
      limit ??= MUCH_MORE_POPULAR * popularity
      if (popularity > limit) [limit, wanted] = [popularity, first]
    }
    return wanted
  }

  private versionOf(bindingKey: string): VersionProcesses {
    const known = this.versions.get(bindingKey)
    if (known !== undefined) return known
    const version = new VersionProcesses(this.remembered.take(bindingKey))
    this.versions.set(bindingKey, version)
    return version
  }

  /** An invocation has ended in the process. Gives what is known of its version. */
  noteEnd(process: SandboxProcess, invocation: Invocation): VersionProcesses | undefined {
    const version = this.versions.get(invocation.bindingKey)
    version?.popularity.note(process.idleSince)
    version?.noteAnswer(process)
    // The first one in a process also compiles, and says little about the next one.
    if (!invocation.isRevoked && process.completed > 1) {
      const [cpuMs, waitMs] = invocation.usage
      version?.cost.observe(cpuMs, waitMs, invocation.awaitedCalls)
    }
    if (!invocation.isSettled) this.draining.add(invocation)
    if (process.invocations.length > 0) return version
    this.busy.delete(process)
    this.release(process, invocation.functionId)
    return version
  }

  /** The process has exited. */
  remove(process: SandboxProcess): void {
    const { bindingKey, functionId } = process
    const at = this.unbound.indexOf(process)
    if (at >= 0) this.unbound.splice(at, 1)
    if (bindingKey === undefined || functionId === undefined) return
    const wasBusy = this.busy.delete(process)
    if (wasBusy) this.release(process, functionId)
    const version = this.versions.get(bindingKey)
    if (version === undefined) return
    if (wasBusy) version.cost.observeCrash()
    version.remove(process)
    if (!version.isEmpty) return
    this.versions.delete(bindingKey)
    this.remembered.keep(bindingKey, version.popularity)
  }
}
