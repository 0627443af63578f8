/** All workers of a port: they start, change and end together. */
import type { Metrics } from '../../contracts/workers.js'
import { Place, type PlaceOptions } from './place.js'
import { WorkerProcess } from './worker-process.js'

/** Beyond the grace time of what runs; a service manager waits for some seconds more. */
const END_MS = 40_000

export interface WorkerSetOptions {
  readonly size: number
  /** Settings over those of the environment. */
  readonly settings: Readonly<Record<string, string>>
  /** How long a worker may show no sign of life; undefined: nobody looks. */
  readonly patienceMs: number | undefined
  readonly log: PlaceOptions['log']
}

export class WorkerSet {
  private readonly places: readonly Place[]
  /** Those that retire included. */
  private readonly alive = new Set<WorkerProcess>()
  private readonly over = new AbortController()
  private change: Promise<void> | undefined
  private isChangeWanted = false

  constructor(private readonly options: WorkerSetOptions) {
    const { size, log } = options
    this.places = Array.from({ length: size }, (_, index) => {
      const number = index + 1
      const start = (): WorkerProcess => this.startWorker(number)
      return new Place({ number, log, start, over: this.over.signal })
    })
  }

  get isOver(): boolean {
    return this.over.signal.aborted
  }

  /**
   * Gives where all of them listen. Rejects with why the first one cannot, which has tried alone, so that what is wrong
   * for all is said once; or with why another one cannot.
   */
  async start(): Promise<string> {
    const [first, ...others] = this.places
    const address = (await first?.fill()) ?? ''
    await Promise.all(others.map(place => place.fill()))
    return address
  }

  /** New workers take the places of the old ones, one after the other. Asked for meanwhile, it is done once more. */
  async changeAll(): Promise<void> {
    this.isChangeWanted = true
    this.change ??= this.changeWhileWanted().finally(() => {
      this.change = undefined
    })
    await this.change
  }

  /** Ends all in order; kills those that take too long. */
  async end(): Promise<void> {
    this.over.abort()
    for (const worker of this.alive) worker.end()
    const late = setTimeout(() => {
      this.options.log.error('workers do not end, and are killed')
      this.kill()
    }, END_MS)
    await Promise.all([...this.alive].map(worker => worker.ended))
    clearTimeout(late)
  }

  kill(): void {
    for (const worker of this.alive) worker.kill()
  }

  private async changeWhileWanted(): Promise<void> {
    while (this.isChangeWanted && !this.isOver) {
      this.isChangeWanted = false
      for (const place of this.places) await place.change()
    }
  }

  private async gatherMetrics(): Promise<readonly Metrics[]> {
    const all = await Promise.all([...this.alive].map(worker => worker.measure()))
    return all.filter(metrics => metrics !== undefined)
  }

  private startWorker(number: number): WorkerProcess {
    if (this.isOver) throw new Error('the server is ending')
    const { settings, patienceMs, log } = this.options
    const worker = new WorkerProcess({
      number,
      settings,
      patienceMs,
      onSilence: () => {
        log.error({ worker: number }, 'worker hangs, and is killed')
      },
      gather: () => this.gatherMetrics()
    })
    this.alive.add(worker)
    void worker.ended.then(() => this.alive.delete(worker))
    return worker
  }
}
