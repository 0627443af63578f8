/**
 * The account of what HTTP holds in the server's memory, over all connections and both ways: bodies from their first
 * byte to the end of their runs (also while they wait in the queue, or in a process's pipe), and large responses until
 * they are sent.
 */
import type { Config } from '../../config/schema.js'

/** The setting, but never so little that the largest body or answer that is allowed could not pass. */
export const budgetLimit = (
  config: Pick<Config, 'BUFFERED_BYTES_MAX' | 'BODY_LIMIT' | 'RESPONSE_LIMIT'>
): number => Math.max(config.BUFFERED_BYTES_MAX, 2 * config.BODY_LIMIT, 2 * config.RESPONSE_LIMIT)

export class ByteBudget {
  used = 0
  /** Of `used`, what is held for each owner (owner.ts). */
  private readonly shares = new Map<string, number>()

  constructor(readonly limit: number) {}

  /**
   * Whether the bodies of an owner may hold `more`: never more than is left free beside them (a dynamic threshold, as
   * for the shares of sandboxes). So one function's callers never take the room of all others, and large bodies find
   * none long before small ones.
   */
  hasRoomForBody(owner: string, more: number): boolean {
    return this.used + this.heldFor(owner) + 2 * more <= this.limit
  }

  /** Whether a further response finds room: beside it as much stays free as its owner holds already. */
  hasRoomForResponse(owner: string, bytes: number): boolean {
    return this.used + this.heldFor(owner) + bytes <= this.limit
  }

  /** Without an owner only the whole is counted. */
  take(bytes: number, owner?: string): void {
    this.used += bytes
    if (owner === undefined) return
    const held = this.heldFor(owner) + bytes
    if (held === 0) this.shares.delete(owner)
    else this.shares.set(owner, held)
  }

  give(bytes: number, owner?: string): void {
    this.take(-bytes, owner)
  }

  private heldFor(owner: string): number {
    return this.shares.get(owner) ?? 0
  }
}
