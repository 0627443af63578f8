/** What all parts of the growth benchmark share: a server of their own, its costs, and tables. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFunction, KEY } from '../api.js'
import type { LoadResult } from '../load.js'
import {
  loopTimeOf,
  memoryOf,
  processorTimesOf,
  startProcess,
  type BenchProcess
} from '../process.js'

export interface GrowthOptions {
  /** The server's program: of this build, or the path of another one's. */
  readonly server: string
  readonly seconds: number
  /** How many functions are called in turn. */
  readonly counts: readonly number[]
  readonly executions: number
  /** Only works beside hello whose names have this are measured. */
  readonly work: string
  readonly connections: number
}

/** Runs `measure` with a fresh server on an empty folder, or on one that `prepare` fills. */
export async function withServer(
  program: string,
  measure: (server: BenchProcess) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
  prepare: (folder: string) => Promise<void> = async () => {}
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-growth-'))
  try {
    await prepare(folder)
    const server = await startProcess(program, {
      PORT: '0',
      HOST: '127.0.0.1',
      DATA_DIR: folder,
      API_KEY: KEY,
      LOG_LEVEL: 'error',
      ...settings
    })
    try {
      await measure(server)
    } finally {
      await server.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const source = (name: string): Promise<string> =>
  readFile(`test/bench/functions/${name}.lua`, 'utf8')

/** Saves `count` functions with the same code, and gives their paths. */
export async function createMany(
  base: string,
  count: number,
  code: string,
  name = 'many'
): Promise<string[]> {
  const paths: string[] = []
  for (let i = 0; i < count; i++) {
    paths.push(`/fn/${await createFunction(base, `${name} ${i}`, code)}`)
  }
  return paths
}

export interface Measured extends LoadResult {
  /** Microseconds of processor time a call. */
  readonly serverCost: number
  /** Of the server's main thread alone. */
  readonly loopCost: number
  readonly sandboxCost: number
}

/** A load, with what it took of the processors. */
export async function costOf(
  { child }: BenchProcess,
  load: () => Promise<LoadResult>
): Promise<Measured> {
  const { pid = 0 } = child
  const [before, loopBefore] = [processorTimesOf(pid), loopTimeOf(pid)]
  const result = await load()
  const [after, loopAfter] = [processorTimesOf(pid), loopTimeOf(pid)]
  const perCall = 1_000_000 / Math.max(1, result.total)
  return {
    ...result,
    serverCost: (after.server - before.server) * perCall,
    loopCost: (loopAfter - loopBefore) * perCall,
    sandboxCost: (after.sandboxes - before.sandboxes) * perCall
  }
}

/** `3 sandboxes, 41 MiB` */
export function sandboxesOf({ child }: BenchProcess): string {
  const { sandboxes, count } = memoryOf(child.pid ?? 0)
  return `${count} sandboxes, ${sandboxes.toFixed(0)} MiB`
}

export function title(text: string, ...columns: string[]): void {
  process.stdout.write(`\n${text}\n`)
  line('', ...columns)
}

export function line(name: string, ...cells: string[]): void {
  process.stdout.write(`${name.padEnd(34)}${cells.map(cell => cell.padStart(12)).join('')}\n`)
}

export const loadColumns = [
  'calls/s',
  'ratio',
  'p50 ms',
  'p99 ms',
  'errors',
  'server µs',
  'boxes µs'
]

/** One measured load, with its rate as a part of `of`. */
export function printLoad(name: string, run: Measured, of: number, ...more: string[]): void {
  line(
    name,
    run.rate.toFixed(0),
    (run.rate / of).toFixed(2),
    run.p50.toFixed(1),
    run.p99.toFixed(1),
    String(run.errors),
    run.serverCost.toFixed(0),
    run.sandboxCost.toFixed(0),
    ...more.map(text => `  ${text}`)
  )
}

/** Of loads that only warm up. */
export const WARM_ROUND_SECONDS = 3

export const pause = (ms: number): Promise<void> =>
  new Promise(resolve => {
    setTimeout(resolve, ms)
  })
