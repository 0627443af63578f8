/** How many blank processes to keep ready: one or two, more while they are being taken. */
const MOST = 6
const KEPT_PER_SECOND = 0.7

export class SpareDemand {
  private taken = 0

  /** `strict`: every run takes a process of its own. */
  constructor(private readonly strict: boolean) {}

  get target(): number {
    return (this.strict ? 2 : 1) + Math.min(MOST, Math.floor(this.taken / 2))
  }

  noteTaken(): void {
    this.taken++
  }

  /** Called once a second. */
  decay(): void {
    this.taken = this.taken < 0.5 ? 0 : this.taken * KEPT_PER_SECOND
  }
}
