/** How many unbound processes to keep ready: one or two, and more while they are being taken. */
const MAX_EXTRA = 6
const DECAY_PER_SECOND = 0.7

export class PrewarmTarget {
  private taken = 0

  /** `singleUse`: every invocation takes a process of its own. */
  constructor(private readonly singleUse: boolean) {}

  get count(): number {
    return (this.singleUse ? 2 : 1) + Math.min(MAX_EXTRA, Math.floor(this.taken / 2))
  }

  noteTaken(): void {
    this.taken++
  }

  /** Called once a second. */
  decay(): void {
    this.taken = this.taken < 0.5 ? 0 : this.taken * DECAY_PER_SECOND
  }
}
