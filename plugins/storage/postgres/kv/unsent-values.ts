/**
 * Values that wait to be sent to the database. A read that comes behind such a write is answered here: the run that
 * reads is answered only with a batch that is not sent before that write's, so nobody learns of what is not stored.
 */
interface Unsent {
  /** undefined: only the database knows what the key has then. */
  readonly entry: { readonly value: Uint8Array; readonly expiresAt: number | null } | undefined
}

export class UnsentValues {
  private readonly newest = new Map<string, Unsent>()

  get isEmpty(): boolean {
    return this.newest.size === 0
  }

  /** To be called with each write about the key; what is returned, when it is sent or will never be. */
  add(name: string, entry: Unsent['entry']): () => void {
    const unsent = { entry }
    this.newest.set(name, unsent)
    return () => {
      if (this.newest.get(name) === unsent) this.newest.delete(name)
    }
  }

  /** undefined: the database has to be asked. */
  find(name: string): Unsent['entry'] {
    return this.newest.get(name)?.entry
  }
}
