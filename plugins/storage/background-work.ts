/**
 * Work beside the calls that goes on once at a time: to start it while it does changes nothing. A failure, such as a
 * full disk, ends it, and what is left waits for its next start.
 */
export class BackgroundWork {
  private readonly stopping = new AbortController()
  private going: Promise<void> | undefined

  /** `work` looks at `isStopping` between its steps. */
  constructor(private readonly work: () => Promise<void>) {}

  get isStopping(): boolean {
    return this.stopping.signal.aborted
  }

  start(): void {
    if (this.isStopping || this.going !== undefined) return
    this.going = this.work()
      .catch(() => {})
      .finally(() => {
        this.going = undefined
      })
  }

  /** Resolves when the step that goes on has ended; nothing starts any more. */
  async stop(): Promise<void> {
    this.stopping.abort()
    await this.going
  }
}
