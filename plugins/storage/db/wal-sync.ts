/**
 * Brings what is committed to the disk, beyond what commits do: they leave it to the operating system, which a loss of
 * power takes along. The write-ahead log is all that has to be there; a thread waits for the disk, and the server goes
 * on meanwhile. Calls that come while it waits share the next wait.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { toStorageError } from './failure.js'

export class WalSync {
  private file: Promise<FileHandle> | undefined
  private running: Promise<void> | undefined
  private next: Promise<void> | undefined

  /** `database` is the path of the database, which is open. */
  constructor(private readonly database: string) {}

  /** Resolves when everything that was committed before the call survives a loss of power. */
  sync(): Promise<void> {
    if (this.running === undefined) return this.begin()
    // The one that runs may have begun before the commit.
    this.next ??= this.running.then(ignore, ignore).then(() => {
      this.next = undefined
      return this.begin()
    })
    return this.next
  }

  async close(): Promise<void> {
    await this.running?.catch(ignore)
    await (await this.file?.catch(ignore))?.close()
  }

  private begin(): Promise<void> {
    const running = this.flush().finally(() => {
      if (this.running === running) this.running = undefined
    })
    this.running = running
    return running
  }

  private async flush(): Promise<void> {
    try {
      this.file ??= this.openLog()
      await (await this.file).datasync()
    } catch (error) {
      this.file = undefined
      throw toStorageError(error)
    }
  }

  /** SQLite keeps the file for as long as the database is open, and takes no locks on it. */
  private async openLog(): Promise<FileHandle> {
    const log = await open(`${this.database}-wal`, 'r')
    // That the file is there must survive too.
    const folder = await open(dirname(this.database), 'r')
    await folder.sync()
    await folder.close()
    return log
  }
}

const ignore = (): undefined => undefined
