/** A connection on which a test says byte by byte what is sent, and sees all that comes back. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'

/** Only a failing test waits for it. */
const DEADLINE_MS = 60_000

export interface RawSocket {
  readonly socket: Socket
  readonly send: (text: string | Buffer) => void
  /** All that has come so far, as Latin-1. */
  readonly text: () => string
  /** Settles with all that has come once that fits; rejects when the connection closes before. */
  readonly until: (pattern: RegExp | ((text: string) => boolean)) => Promise<string>
  /** Settles with all that has come when the server has closed. */
  readonly closed: Promise<string>
}

/** Ends with its test. What the server sends is read at once. */
export async function openRaw(t: Test, port: number): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  t.teardown(() => {
    socket.destroy()
  })
  await once(socket, 'connect')
  let text = ''
  const looks = new Set<() => void>()
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
    for (const look of looks) look()
  })
  const closed = new Promise<string>(resolve => {
    socket.once('close', () => {
      resolve(text)
    })
  })
  const until: RawSocket['until'] = pattern =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new Error(`no ${pattern} in ${JSON.stringify(text.slice(0, 1000))}`))
      }, DEADLINE_MS).unref()
      const end = (): void => {
        clearTimeout(late)
        looks.delete(look)
      }
      const look = (): void => {
        if (!(typeof pattern === 'function' ? pattern(text) : pattern.test(text))) return
        end()
        resolve(text)
      }
      looks.add(look)
      void closed.then(() => {
        end()
        reject(new Error(`closed without ${pattern}: ${JSON.stringify(text.slice(0, 1000))}`))
      })
      look()
    })
  return {
    socket,
    send: bytes => {
      socket.write(bytes)
    },
    text: () => text,
    until,
    closed
  }
}

/** The status of each answer, in their order. */
export const statusesOf = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
