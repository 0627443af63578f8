/**
 * Hands each item on once it is between one and two periods old. One timer serves all items, and none runs while there
 * are none.
 */
export class TwoGenerationTimer<T> {
  private pendingSoon: T[] = []
  private pendingNow: T[] = []
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly periodMs: number,
    private readonly onDue: (item: T) => void
  ) {}

  add(item: T): void {
    this.pendingSoon.push(item)
    this.timer ??= this.schedule()
  }

  stop(): void {
    clearTimeout(this.timer)
  }

  private schedule(): NodeJS.Timeout {
    return setTimeout(() => {
      this.promote()
    }, this.periodMs)
  }

  private promote(): void {
    for (const item of this.pendingNow) this.onDue(item)
    this.pendingNow = this.pendingSoon
    this.pendingSoon = []
    this.timer = this.pendingNow.length > 0 ? this.schedule() : undefined
  }
}
