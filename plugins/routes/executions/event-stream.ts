/**
 * One listener's stream of server-sent events. Never holds more than a bounded amount for a slow reader, and
 * sends at most fifty events a second; what is left out is counted and told.
 */
import { Readable } from 'node:stream'

const EVENTS_PER_SECOND = 50
const WINDOW_MS = 1000
/** What may wait for the reader before events are left out. */
const BUFFER_BYTES = 256 * 1024

export interface EventStream {
  readonly output: Readable
  /** True: there is room for an event now. False: the event is counted as skipped. */
  offer(): boolean
  /** So many events were left out before they came here. */
  skip(count: number): void
  /** Sends an event, as JSON text, that `offer` made room for. */
  send(id: string, json: string): void
  end(): void
}

export interface EventStreamOptions {
  readonly pingMs: number
  /** Asked with every ping; the stream ends when it says no. */
  readonly mayGoOn: () => Promise<boolean>
}

export function createEventStream({ pingMs, mayGoOn }: EventStreamOptions): EventStream {
  let inWindow = 0
  let skipped = 0
  let ended = false
  const output = new Readable({ highWaterMark: BUFFER_BYTES, read() {} })
  const write = (text: string) => {
    if (!ended && !output.destroyed) output.push(text)
  }
  const hasRoom = () => output.readableLength < BUFFER_BYTES

  const window = setInterval(() => {
    inWindow = 0
    if (skipped === 0 || !hasRoom()) return
    write(`event: skipped\ndata: {"count":${skipped}}\n\n`)
    skipped = 0
  }, WINDOW_MS)
  const ping = setInterval(() => {
    void mayGoOn().then(may => {
      if (!may) end()
      else if (hasRoom()) write(': ping\n\n')
    })
  }, pingMs)
  const stopTimers = () => {
    clearInterval(window)
    clearInterval(ping)
  }
  output.once('close', stopTimers)
  const end = () => {
    if (ended) return
    ended = true
    stopTimers()
    output.push(null)
  }

  // The first bytes carry the headers out, so that the reader knows at once that it listens.
  write('retry: 2000\n\n: listening\n\n')
  return {
    output,
    offer() {
      if (ended) return false
      if (inWindow < EVENTS_PER_SECOND && hasRoom()) {
        inWindow++
        return true
      }
      skipped++
      return false
    },
    skip(count) {
      skipped += count
    },
    send: (id, json) => {
      write(`event: execution\nid: ${id}\ndata: ${json}\n\n`)
    },
    end
  }
}
