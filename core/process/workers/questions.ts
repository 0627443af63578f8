/** Questions to another process, each with a number by which its answer is known. */
import { setTimeout as pause } from 'node:timers/promises'

export class Questions<T> {
  private readonly open = new Map<number, (answer: T) => void>()
  private count = 0

  /** Asks by `send` and gives the answer; undefined: there was none in time. */
  async ask(send: (id: number) => void, patienceMs: number): Promise<T | undefined> {
    const id = ++this.count
    const patience = new AbortController()
    const answer = new Promise<T>(resolve => this.open.set(id, resolve))
    send(id)
    try {
      const late = pause(patienceMs, undefined, { signal: patience.signal, ref: false })
      return await Promise.race([answer, late.catch(() => undefined)])
    } finally {
      patience.abort()
      this.open.delete(id)
    }
  }

  answer(id: number, answer: T): void {
    this.open.get(id)?.(answer)
  }
}
