/** Readings for a cache: each key is read once at a time, and a reading that a change has overtaken is not kept. */
export class PendingReads<V> {
  private readonly pending = new Map<string, Promise<V>>()

  constructor(
    private readonly read: (key: string) => Promise<V>,
    /** Gets what was read, unless the key was forgotten meanwhile. */
    private readonly keep: (key: string, value: V) => void
  ) {}

  /** The reading that is in progress, or a new one. */
  get(key: string): Promise<V> {
    return this.pending.get(key) ?? this.start(key)
  }

  /** What is being read may be outdated: those that wait get it, but it is not kept. */
  forget(key: string): void {
    this.pending.delete(key)
  }

  forgetAll(): void {
    this.pending.clear()
  }

  private start(key: string): Promise<V> {
    const isCurrent = (): boolean => this.pending.get(key) === started
    const started = this.read(key)
      .then(value => {
        if (isCurrent()) this.keep(key, value)
        return value
      })
      .finally(() => {
        if (isCurrent()) this.pending.delete(key)
      })
    this.pending.set(key, started)
    return started
  }
}
