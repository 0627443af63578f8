/** Sends what was gathered, one request at a time: what comes while one is on its way goes with the next one. */
import { deferToTickEnd } from '../../../../core/base/tick.js'

const MAX_AT_ONCE = 1000

export class Flights<T> {
  private readonly gathered = new Set<T>()
  private isFlying = false

  /** `send` never rejects. */
  constructor(private readonly send: (all: readonly T[]) => Promise<void>) {}

  add(one: T): void {
    this.gathered.add(one)
    if (this.isFlying) return
    this.isFlying = true
    deferToTickEnd(() => {
      void this.fly()
    })
  }

  private async fly(): Promise<void> {
    while (this.gathered.size > 0) {
      const all = [...this.gathered].slice(0, MAX_AT_ONCE)
      for (const one of all) this.gathered.delete(one)
      await this.send(all)
    }
    this.isFlying = false
  }
}
