/**
 * Has sandbox processes started by a small process beside the server.
 *
 * To start one, Linux copies the page tables of whoever starts it, and each of its pages costs it a fault when it is
 * next written: with 170 MB that kept the server's event loop for 5 ms of processor time at each start, with 400 MB for
 * 12, and for as long as the new process waited for a core. Here it takes 0.2 ms, whatever the server holds.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { endFirst } from './end-first.js'
import {
  closedChannel,
  environment,
  surroundings,
  type Command,
  type Ending,
  type SpawnedProcess
} from './spawn.js'
import type { SpawnerReport, SpawnerTask, StartRequest } from './spawner-program.js'
import type { StartPriority } from './start-priority.js'

const program = fileURLToPath(new URL('spawner-program.js', import.meta.url))

export interface SpawnerOptions {
  /** Of each process that it starts. */
  readonly command: Command
  /** Path of setpriv, where that runs: the kernel then ends the spawner when the server is killed. */
  readonly setpriv: string | undefined
  readonly priority: StartPriority
}

export class Spawner {
  private readonly child: ChildProcess
  private readonly processes = new Map<number, RemoteProcess>()
  private started = 0
  private hasEnded = false
  private settleUp: (isUp: boolean) => void = () => {}
  /** Settles with true once it can start processes, with false when it ended before. */
  readonly up = new Promise<boolean>(resolve => {
    this.settleUp = resolve
  })
  private readonly ended: Promise<void>

  constructor(private readonly options: SpawnerOptions) {
    const task: SpawnerTask = { command: options.command, environment }
    const node = [process.execPath, program, JSON.stringify(task)]
    const [file = '', ...args] =
      options.setpriv === undefined ? node : [options.setpriv, '--pdeathsig', 'KILL', ...node]
    this.child = spawn(file, args, {
      ...surroundings(),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc']
    })
    this.child.on('message', (report: SpawnerReport, socket: unknown) => {
      this.onReport(report, socket as Duplex | undefined)
    })
    this.ended = new Promise(resolve => {
      const end = (): void => {
        this.end()
        resolve()
      }
      this.child.once('exit', end)
      this.child.on('error', () => {
        if (this.child.pid === undefined) end()
      })
    })
    process.on('exit', this.endAll)
  }

  /** Its process; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.child.pid
  }

  /** False once it has ended, by itself or otherwise: all processes that it has started end then. */
  get isUsable(): boolean {
    return !this.hasEnded && this.child.connected
  }

  /** Only while it is usable. The process has neither pid nor channel until the spawner has told of it. */
  start(): SpawnedProcess<Promise<Duplex>> {
    const id = ++this.started
    const remote = new RemoteProcess()
    this.processes.set(id, remote)
    this.child.send({ id } satisfies StartRequest, error => {
      if (error !== null) this.end()
    })
    const { channel, kill } = remote
    const spawned = Object.assign(remote.ended, { pid: undefined, channel, kill })
    return Object.defineProperty(spawned, 'pid', { get: () => remote.pid })
  }

  /** Ends it, and with it what it has started. */
  async stop(): Promise<void> {
    this.endAll()
    await this.ended
  }

  private onReport(report: SpawnerReport, socket: Duplex | undefined): void {
    if (report.kind === 'up') return this.settleUp(true)
    const remote = this.processes.get(report.id)
    if (report.kind === 'released') return remote?.open()
    if (report.kind === 'started' && report.pid !== undefined) {
      endFirst(report.pid)
      this.options.priority.lower(report.pid)
      return remote?.begin(report.pid, socket)
    }
    this.processes.delete(report.id)
    if (report.kind === 'ended') remote?.end(report.exitCode, report.signal)
    else remote?.end(null, null)
  }

  private readonly endAll = (): void => {
    for (const remote of this.processes.values()) remote.kill('SIGKILL')
    this.child.kill('SIGKILL')
  }

  private end(): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.settleUp(false)
    process.off('exit', this.endAll)
    for (const remote of this.processes.values()) {
      remote.kill('SIGKILL')
      remote.end(null, 'SIGKILL')
    }
    this.processes.clear()
    this.child.kill('SIGKILL')
  }
}

/** A process that the spawner starts, or has started. */
class RemoteProcess {
  pid: number | undefined
  private socket: Duplex | undefined
  private isWanted = true
  private hasEnded = false
  private settleEnded: (ending: Ending) => void = () => {}
  private settleChannel: (channel: Duplex) => void = () => {}
  readonly ended = new Promise<Ending>(resolve => {
    this.settleEnded = resolve
  })
  readonly channel = new Promise<Duplex>(resolve => {
    this.settleChannel = resolve
  })

  begin(pid: number, socket: Duplex | undefined): void {
    this.pid = pid
    this.socket = socket
    if (!this.isWanted) this.kill('SIGKILL')
  }

  /** The channel is the server's alone. */
  open(): void {
    this.settleChannel(this.socket ?? closedChannel())
  }

  end(exitCode: number | null, signal: string | null): void {
    this.hasEnded = true
    this.settleEnded({ exitCode, signal })
    this.open()
  }

  /** By its number, so that no deadline waits for the spawner. Its end is told within a tick, before others get it. */
  readonly kill = (signal: NodeJS.Signals): void => {
    this.isWanted = false
    if (this.hasEnded || this.pid === undefined) return
    try {
      process.kill(this.pid, signal)
    } catch {
      /* It has ended, which is about to be told. */
    }
  }
}
