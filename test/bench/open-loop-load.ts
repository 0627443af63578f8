/**
 * Offers calls of one address over plain sockets, in a process of its own, so that the load costs what it offers
 * and little more. Started by `offer` with its task as the only argument; prints an OfferResult as JSON.
 */
import { execFile } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface OfferTask {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  /**
   * Calls a second, whether or not those before are answered; undefined: each connection calls again when it is
   * answered.
   */
  readonly rate?: number
  /** A further line of the head, such as `X-Function-Key: x`. */
  readonly header?: string
}

/** Latencies in milliseconds. */
export interface Answers {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface OfferResult {
  readonly seconds: number
  readonly sent: number
  /** Calls that were due while every connection waited for an answer. */
  readonly unsent: number
  /** Connections that ended without an answer. */
  readonly broken: number
  readonly byStatus: Readonly<Record<string, Answers>>
}

/** Runs a task in a process of its own. */
export async function offer(task: OfferTask): Promise<OfferResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    fileURLToPath(import.meta.url),
    JSON.stringify(task)
  ])
  return JSON.parse(stdout) as OfferResult
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(
    JSON.stringify(await perform(JSON.parse(process.argv[2] ?? '') as OfferTask))
  )
}

async function perform({
  url,
  connections,
  seconds,
  rate,
  header
}: OfferTask): Promise<OfferResult> {
  const { hostname, port, pathname, host } = new URL(url)
  const request = Buffer.from(
    `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n${header === undefined ? '' : `${header}\r\n`}\r\n`
  )
  const latencies = new Map<string, number[]>()
  const idle: Caller[] = []
  let first = 0
  let sent = 0
  let unsent = 0
  let broken = 0
  let running = false

  interface Caller {
    socket: Socket
    sentAt: number
    pending: Buffer | undefined
  }

  const send = (caller: Caller): void => {
    caller.sentAt = performance.now()
    sent++
    caller.socket.write(request)
  }
  const answered = (caller: Caller, status: string): void => {
    if (running) {
      const list = latencies.get(status)
      if (list === undefined) latencies.set(status, [performance.now() - caller.sentAt])
      else list.push(performance.now() - caller.sentAt)
    }
    if (rate === undefined && running) send(caller)
    else idle.push(caller)
  }
  const read = (caller: Caller, chunk: Buffer): void => {
    const bytes = caller.pending === undefined ? chunk : Buffer.concat([caller.pending, chunk])
    const end = bytes.indexOf('\r\n\r\n')
    const length =
      end < 0 ? undefined : /\r\ncontent-length: (\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1]
    const isWhole = length !== undefined && bytes.length >= end + 4 + Number(length)
    caller.pending = isWhole ? undefined : bytes
    if (isWhole) answered(caller, bytes.toString('latin1', 9, 12))
  }
  const open = async (): Promise<void> => {
    const caller: Caller = {
      socket: connect(Number(port), hostname),
      sentAt: 0,
      pending: undefined
    }
    const { socket } = caller
    socket.setNoDelay()
    socket.on('data', (chunk: Buffer) => {
      read(caller, chunk)
    })
    socket.on('error', () => {})
    await new Promise(resolve => {
      socket.once('connect', resolve)
      socket.once('close', resolve)
    })
    socket.once('close', () => {
      if (running) {
        broken++
        void open()
      }
    })
    idle.push(caller)
  }

  for (let made = 0; made < connections; made += 100) {
    await Promise.all(Array.from({ length: Math.min(100, connections - made) }, open))
  }
  running = true
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1000
  if (rate === undefined) for (const caller of idle.splice(0)) send(caller)
  let due = 0
  for (let now = startedAt; now < endsAt; now = performance.now()) {
    if (rate !== undefined) {
      const wanted = Math.floor(((now - startedAt) / 1000) * rate)
      for (; due < wanted; due++) {
        const caller = idle[first]
        if (caller === undefined) unsent++
        else {
          first++
          send(caller)
        }
      }
      if (first > 10_000) {
        idle.splice(0, first)
        first = 0
      }
    }
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  running = false
  const took = (performance.now() - startedAt) / 1000
  const byStatus = Object.fromEntries(
    Array.from(latencies, ([status, list]) => [status, summary(list)])
  )
  setTimeout(() => process.exit(), 100)
  return { seconds: took, sent, unsent, broken, byStatus }
}

function summary(latencies: number[]): Answers {
  const sorted = latencies.sort((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}
