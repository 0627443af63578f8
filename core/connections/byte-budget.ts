/**
 * The account of what HTTP holds in the server's memory, over all connections and both ways: bodies from their first
 * byte to the end of their runs (also while they wait in the queue, or in a process's pipe), and large answers until
 * they are sent.
 */
import type { Config } from '../../config/schema.js'

/** The setting, but never so little that the largest body or answer that is allowed could not pass. */
export const budgetLimit = (config: Pick<Config, 'BUFFERED_BYTES_MAX' | 'BODY_LIMIT' | 'RESPONSE_LIMIT'>): number =>
  Math.max(config.BUFFERED_BYTES_MAX, 2 * config.BODY_LIMIT, 2 * config.RESPONSE_LIMIT)

export class ByteBudget {
  used = 0

  constructor (readonly limit: number) {}

  /**
   * Whether a body that holds `held` bytes may hold `more`: never more than is left free beside it (a dynamic
   * threshold, as for the shares of sandboxes). So large bodies find no room long before small ones.
   */
  hasRoomForBody (held: number, more: number): boolean {
    return this.used + held + 2 * more <= this.limit
  }

  hasRoom (bytes: number): boolean { return this.used + bytes <= this.limit }

  take (bytes: number): void { this.used += bytes }

  give (bytes: number): void { this.used -= bytes }
}
