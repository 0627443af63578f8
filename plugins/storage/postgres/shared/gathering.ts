/** What is to be asked about, each once, and not too much at a time. */
const MAX_AT_ONCE = 1000

export class Gathering<T> {
  private readonly all = new Set<T>()

  add(one: T): void {
    this.all.add(one)
  }

  /** The first of them, which are no longer in it. */
  take(): T[] {
    const first: T[] = []
    for (const one of this.all) {
      if (first.length === MAX_AT_ONCE) break
      first.push(one)
      this.all.delete(one)
    }
    return first
  }
}
