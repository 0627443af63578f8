/**
 * Brings to the disk what a checkpoint has written into the database. SQLite itself does that only in a checkpoint that
 * leaves nothing in the log: beside commits that is the last part, on the event loop, and the disk had to be waited for
 * there with all that a thread had moved before.
 *
 * The file has a descriptor of its own, so that an error of the disk is told to SQLite as well.
 */
import { close, constants, fdatasync, open } from 'node:fs'
import { promisify } from 'node:util'

export class DatabaseSync {
  private opened: Promise<number> | undefined

  /** `database` is the path of the database, which is open. */
  constructor(private readonly database: string) {}

  /** Rejects with what the operating system says. */
  async sync(): Promise<void> {
    // A number, and not a FileHandle, which would be closed when it is collected.
    this.opened ??= this.open()
    await promisify(fdatasync)(await this.opened)
  }

  /** What fails, as where there is no descriptor left, is tried again with the next sync. */
  private async open(): Promise<number> {
    try {
      return await promisify(open)(this.database, constants.O_RDONLY)
    } catch (error) {
      this.opened = undefined
      throw error
    }
  }

  /**
   * Only to be called once no connection of this process has the database open: with the first descriptor that it
   * closes, a process loses all its locks on a file (POSIX).
   */
  async close(): Promise<void> {
    const descriptor = await this.opened?.catch(() => undefined)
    if (descriptor !== undefined) await promisify(close)(descriptor)
  }
}
