/**
 * Moves what is committed from the write-ahead log into the database, in a thread, and brings it to the disk: for 16
 * MiB that takes some 15 ms, in which the server would answer nobody.
 *
 * The log begins anew with a write that finds all of it moved. Under load there is always something that was committed
 * meanwhile. So once the log is long the server moves what the thread has left, which is little.
 */
import type { Database, Statement } from 'better-sqlite3'
import { DatabaseSync } from './database-sync.js'
import { ReadingThread } from './reading-thread.js'
import { CHECKPOINT_PAGES } from './open.js'

/** Commits from one look at the log to the next, which takes 20 µs. */
const LOOK_EVERY = 16
const MAX_REPEATS = 3
const MOVE_REST = 'wal_checkpoint(passive)'
const MOVE = `pragma ${MOVE_REST}`

/** Pages of the log. */
export interface CheckpointLimits {
  /** That are not in the database yet: the thread moves them. */
  readonly move: number
  /** In all, when the thread comes back: the next commit moves the rest. */
  readonly end: number
  /** That are left when it comes back: with more it goes again, three times at most. */
  readonly rest: number
  /** In all: a commit moves them by itself, since the thread does not keep up. */
  readonly max: number
}

const usualLimits: CheckpointLimits = {
  move: CHECKPOINT_PAGES,
  end: 2 * CHECKPOINT_PAGES,
  rest: CHECKPOINT_PAGES / 16,
  max: 4 * CHECKPOINT_PAGES
}

interface LogState {
  readonly log: number
  readonly checkpointed: number
}

export class Checkpoints {
  private readonly look: Statement<[], LogState>
  private commits = 0
  private isMoving = false
  private moving: Promise<void> | undefined
  private isDue = false
  private isClosed = false

  constructor(
    private readonly db: Database,
    private readonly thread: Pick<ReadingThread, 'read' | 'close'> = new ReadingThread(db.name, {
      isUrgent: true
    }),
    private readonly limits = usualLimits,
    private readonly file: Pick<DatabaseSync, 'sync' | 'close'> = new DatabaseSync(db.name)
  ) {
    this.automatic(limits.max)
    this.look = db.prepare<[], LogState>('pragma wal_checkpoint(noop)')
  }

  /** To be called after each commit, outside of transactions. Never throws: what fails is tried again later. */
  noteCommit(): void {
    try {
      if (this.isDue) {
        this.isDue = false
        this.db.pragma(MOVE_REST)
      }
      if (this.isMoving || this.isClosed || ++this.commits % LOOK_EVERY !== 0) return
      if (this.rest >= this.limits.move) this.moving = this.move()
    } catch {
      /* Whoever reads or writes next meets the same error. */
    }
  }

  /** Resolves when the thread has ended. To be called before the database is closed. */
  async close(): Promise<void> {
    this.isClosed = true
    await this.thread.close()
    await this.moving
  }

  /** To be called when the database has been closed, by all who had it open. */
  async release(): Promise<void> {
    await this.file.close()
  }

  /** Never rejects. Where there is no thread, or it fails, commits do all of it until it does not. */
  private async move(): Promise<void> {
    this.isMoving = true
    try {
      await this.thread.read(MOVE, {})
      if (!this.isClosed && this.isLong) await this.moveMore()
      if (this.isClosed) return
      this.isDue = this.isLong
      this.automatic(this.limits.max)
    } catch {
      if (!this.isClosed) this.automatic(CHECKPOINT_PAGES)
    } finally {
      this.isMoving = false
    }
  }

  /** So that the commit that moves the rest has little to move, and little that is not on the disk yet. */
  private async moveMore(): Promise<void> {
    await this.file.sync()
    for (let i = 0; i < MAX_REPEATS && !this.isClosed && this.rest > this.limits.rest; i++) {
      await this.thread.read(MOVE, {})
      await this.file.sync()
    }
  }

  private get isLong(): boolean {
    return this.readLog().log >= this.limits.end
  }

  /** Pages that are not in the database yet. */
  private get rest(): number {
    const { log, checkpointed } = this.readLog()
    return log - checkpointed
  }

  private automatic(pages: number): void {
    this.db.pragma(`wal_autocheckpoint = ${pages}`)
  }

  private readLog(): LogState {
    return this.look.get() ?? { log: 0, checkpointed: 0 }
  }
}
