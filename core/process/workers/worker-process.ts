/** A worker as the process that starts it sees it: its start, its signs of life, its end. */
import cluster, { type Worker } from 'node:cluster'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Metrics } from '../../contracts/workers.js'
import { toArguments, type Order, type Report } from './messages.js'
import { Questions } from './questions.js'

const program = fileURLToPath(new URL('./main.js', import.meta.url))
const REPORTS_PER_PATIENCE = 3
const MEASURE_MS = 2_000

export interface WorkerOptions {
  readonly number: number
  /** Settings over those of the environment. */
  readonly settings: Readonly<Record<string, string>>
  /** How long it may say nothing once it serves; undefined: for ever. */
  readonly patienceMs: number | undefined
  /** It has said nothing for so long, and is killed. */
  onSilence(): void
  /** It wants the metrics of all workers. */
  gather(): Promise<readonly Metrics[]>
}

export class WorkerProcess {
  /** Where it listens. Rejects with why it does not. */
  readonly ready: Promise<string>
  /** Exit code or signal, or why it could not be started. */
  readonly ended: Promise<string>
  readonly startedAt = performance.now()
  hasEnded = false
  private readonly worker: Worker
  private readonly questions = new Questions<Metrics>()
  private readonly given: ReadonlyMap<string, Connection>
  private isRetiring = false
  private silence: NodeJS.Timeout | undefined

  constructor(private readonly options: WorkerOptions) {
    const { number, patienceMs, settings } = options
    const aliveEveryMs =
      patienceMs === undefined ? undefined : Math.ceil(patienceMs / REPORTS_PER_PATIENCE)
    cluster.setupPrimary({ exec: program, args: toArguments({ number, aliveEveryMs }) })
    const worker = cluster.fork(settings)
    this.worker = worker
    this.given = rememberGiven(worker)
    this.ended = new Promise(resolve => {
      worker.once('exit', (code, signal: NodeJS.Signals | null) => {
        resolve(signal ?? `exit code ${code}`)
      })
      worker.on('error', error => {
        if (worker.process.pid === undefined) resolve(error.message)
      })
    })
    void this.ended.then(() => {
      this.noteEnd()
    })
    worker.on('message', (report: Report) => {
      this.hear(report)
    })
    this.ready = new Promise((resolve, reject) => {
      worker.on('message', (report: Report) => {
        if (report.kind === 'failed') reject(new Error(report.reason))
        if (report.kind === 'ready') resolve(report.address)
      })
      void this.ended.then(end => {
        reject(new Error(`Worker ${number} ended with ${end} before it listened.`))
      })
    })
    // Whoever is not interested need not look.
    this.ready.catch(() => {})
  }

  get pid(): number | undefined {
    return this.worker.process.pid
  }

  /** Gives its connections up to the other workers, and ends. */
  retire(): void {
    this.isRetiring = true
    this.send({ kind: 'retire' })
  }

  /** undefined: it does not answer. */
  measure(): Promise<Metrics | undefined> {
    return this.questions.ask(id => {
      this.send({ kind: 'measure', id })
    }, MEASURE_MS)
  }

  /** Ends in order. */
  end(): void {
    this.worker.process.kill(constants.signals.SIGTERM)
  }

  kill(): void {
    this.worker.process.kill(constants.signals.SIGKILL)
  }

  private noteEnd(): void {
    this.hasEnded = true
    clearTimeout(this.silence)
    // Those of one that retires may be with another worker by now; those that were taken are closed already.
    if (!this.isRetiring) for (const connection of this.given.values()) connection.close()
  }

  private hear(report: Report): void {
    if (report.kind !== 'failed') this.watch()
    if (report.kind === 'measured') this.questions.answer(report.id, report.metrics)
    if (report.kind !== 'gather') return
    void this.options.gather().then(all => {
      this.send({ kind: 'gathered', id: report.id, all })
    })
  }

  /** Nobody hears it who is about to end. */
  private send(order: Order): void {
    if (this.worker.isConnected()) this.worker.process.send(order, undefined, {}, () => {})
  }

  private watch(): void {
    const { patienceMs, onSilence } = this.options
    clearTimeout(this.silence)
    if (patienceMs === undefined || this.hasEnded) return
    this.silence = setTimeout(() => {
      onSilence()
      this.kill()
    }, patienceMs).unref()
  }
}

interface Connection {
  close(): void
}

/**
 * The connection that the worker was given last, of each listener. Node gives the next one when the worker has taken
 * it, and forgets it when the worker is killed before that: it would stay open, and its client wait in vain.
 */
function rememberGiven({ process }: Worker): ReadonlyMap<string, Connection> {
  const given = new Map<string, Connection>()
  const send = process.send.bind(process) as (...args: unknown[]) => boolean
  process.send = (message: unknown, ...rest: unknown[]): boolean => {
    const [handle] = rest as [Connection | null | undefined]
    if (handle !== undefined && handle !== null) {
      given.set((message as { readonly key: string }).key, handle)
    }
    return send(message, ...rest)
  }
  return given
}
