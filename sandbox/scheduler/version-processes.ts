/** The processes bound to one key (a function version), and its pace. */
import { Pace } from './cost-estimate.js'
import type { SandboxProcess } from '../process/sandbox-process.js'

/** A run that takes longer than it takes to start a process, on a busy machine too. */
const STUCK_MS = 100

export class VersionProcesses {
  readonly pace = new Pace()
  /** The one that was busy last is used first, so that the others can go. */
  readonly idle: SandboxProcess[] = []
  readonly busy: SandboxProcess[] = []

  get empty(): boolean {
    return this.idle.length === 0 && this.busy.length === 0
  }

  /** The busy process with the shortest pipe that has room; undefined when all pipes are full. */
  roomiest(depth: number): SandboxProcess | undefined {
    let best: SandboxProcess | undefined
    for (const process of this.busy) {
      if (process.delayed || process.runs.length > depth || process.uses >= process.usesMax) {
        continue
      }
      if (best === undefined || process.runs.length < best.runs.length) best = process
    }
    return best
  }

  /** Whether no process is likely to be free soon: runs mostly wait, or all take long now. */
  isSlow(now: number): boolean {
    return this.pace.isWaiting || this.moving(now) === 0
  }

  /** Busy processes that get on with their runs. */
  moving(now: number): number {
    let count = 0
    for (const {
      runs: [head]
    } of this.busy) {
      if (head !== undefined && now - head.startedAt <= STUCK_MS) count++
    }
    return count
  }

  toBusy(process: SandboxProcess): void {
    remove(this.idle, process)
    this.busy.push(process)
  }

  toIdle(process: SandboxProcess): void {
    remove(this.busy, process)
    this.idle.push(process)
  }

  drop(process: SandboxProcess): void {
    remove(this.idle, process)
    remove(this.busy, process)
  }
}

function remove(list: SandboxProcess[], process: SandboxProcess): void {
  const at = list.indexOf(process)
  if (at >= 0) list.splice(at, 1)
}
