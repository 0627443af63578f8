/** How many calls of each function this server has refused, by reason, since its start. */
import type { RefusalReason } from '../../core/contracts/front-door.js'

type Counts = Partial<Record<RefusalReason, number>>

export class Refusals {
  private readonly counts = new Map<string, Counts>()

  /** `onChange` is told of each new count. */
  constructor(
    private readonly onChange: (functionId: string, counts: Readonly<Counts>) => void = () => {}
  ) {}

  add(functionId: string, reason: RefusalReason): void {
    const counts = this.counts.get(functionId) ?? {}
    counts[reason] = (counts[reason] ?? 0) + 1
    this.counts.set(functionId, counts)
    this.onChange(functionId, counts)
  }

  of(functionId: string): Readonly<Counts> {
    return this.counts.get(functionId) ?? {}
  }

  has(functionId: string): boolean {
    return this.counts.has(functionId)
  }

  all(): Iterable<readonly [string, Readonly<Counts>]> {
    return this.counts
  }

  /** The function is gone. */
  forget(functionId: string): void {
    this.counts.delete(functionId)
  }
}
