/**
 * Moves what is committed from the write-ahead log into the database, in a thread: it takes two waits for the disk,
 * some 15 ms for 16 MiB, in which the server would answer nobody.
 *
 * The log begins anew with a write that finds all of it moved. Under load there is always something that was committed
 * meanwhile. So once the log is long the server moves what the thread has left, which is little.
 */
import type { Database, Statement } from 'better-sqlite3'
import { ReadingThread } from './reading-thread.js'
import { CHECKPOINT_PAGES } from './open.js'

/** Commits from one look at the log to the next, which takes 20 µs. */
const LOOK_EVERY = 16
const MOVE_REST = 'wal_checkpoint(passive)'
const MOVE = `pragma ${MOVE_REST}`

/** Pages of the log. */
export interface CheckpointLimits {
  /** That are not in the database yet: the thread moves them. */
  readonly move: number
  /** In all, when the thread comes back: the next commit moves the rest. */
  readonly end: number
  /** That are left when it comes back: with more it goes once more. */
  readonly rest: number
  /** In all: a commit moves them by itself, since the thread does not keep up. */
  readonly max: number
}

const usualLimits: CheckpointLimits = {
  move: CHECKPOINT_PAGES,
  end: 2 * CHECKPOINT_PAGES,
  rest: CHECKPOINT_PAGES / 4,
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
  private isDue = false
  private isClosed = false

  constructor(
    private readonly db: Database,
    private readonly thread: Pick<ReadingThread, 'read' | 'close'> = new ReadingThread(db.name, {
      isUrgent: true
    }),
    private readonly limits = usualLimits
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
      if (this.rest >= this.limits.move) void this.move()
    } catch {
      /* Whoever reads or writes next meets the same error. */
    }
  }

  /** Resolves when the thread has ended. */
  async close(): Promise<void> {
    this.isClosed = true
    await this.thread.close()
  }

  /** Never rejects. Where there is no thread, or it fails, commits do all of it until it does not. */
  private async move(): Promise<void> {
    this.isMoving = true
    try {
      await this.thread.read(MOVE, {})
      // What came meanwhile is too much for a commit where the thread had to wait for a core.
      if (!this.isClosed && this.isLong && this.rest > this.limits.rest) {
        await this.thread.read(MOVE, {})
      }
      if (this.isClosed) return
      this.isDue = this.isLong
      this.automatic(this.limits.max)
    } catch {
      if (!this.isClosed) this.automatic(CHECKPOINT_PAGES)
    } finally {
      this.isMoving = false
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
