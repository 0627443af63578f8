/**
 * Starts processes: by the server itself at first, and once there have been some, by a spawner. That holds 10 MiB,
 * which a server with few functions does without.
 */
import type { ProcessOptions } from './process-options.js'
import { SandboxProcess, type ProcessListener } from './sandbox-process.js'
import { Spawner, type SpawnerOptions } from './spawner.js'

/** The spawner is started with so many processes. */
export const STARTS_BEFORE_SPAWNER = 16

export class ProcessStarts {
  private started = 0
  /** Not yet to be used before it is up. */
  private spawner: Spawner | undefined
  private isUp = false
  private isStopping = false

  constructor(
    private readonly options: ProcessOptions,
    private readonly spawnerOptions: SpawnerOptions
  ) {}

  start(listener: ProcessListener): SandboxProcess {
    if (++this.started >= STARTS_BEFORE_SPAWNER) this.keepSpawner()
    const { options, spawner } = this
    if (spawner === undefined || !this.isUp) return new SandboxProcess(options, listener)
    return new SandboxProcess({ ...options, spawn: () => spawner.start() }, listener)
  }

  /** Settles when nothing is left of what starts processes. */
  async stop(): Promise<void> {
    this.isStopping = true
    await this.spawner?.stop()
  }

  /** One that has ended is replaced after as many starts; until then the server helps itself. */
  private keepSpawner(): void {
    if (this.isStopping || this.spawner?.isUsable === true) return
    this.isUp = false
    if (this.spawner !== undefined) {
      this.spawner = undefined
      this.started = 0
      return
    }
    const spawner = new Spawner(this.spawnerOptions)
    this.spawner = spawner
    void spawner.up.then(isUp => {
      if (this.spawner === spawner) this.isUp = isUp
    })
  }
}
