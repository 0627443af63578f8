/** Writes of the lane, from their calls to their results. */
import type { Batch } from './batch.js'
import { unavailable } from './failure.js'
import type { Session } from './transaction.js'

/** What a write or a read is about: a read waits for earlier writes about the same. */
export type Tag = string
/** Adds what the write does; gives what returns (or throws) its result once that is durable. May be called again. */
export type Build<T> = (batch: Batch, write: object) => () => T
/** Does the work, and something before and after it, in one transaction. */
export type Wrap = <R>(session: Session, work: () => Promise<R>) => Promise<R>

export interface WriteOptions {
  /** Its promise says that it is durable; else a later write of this server does. True unless given. */
  readonly isAcked?: boolean
  /**
   * When it was committed, and the answer of the database was lost with the connection: `none`, the answer says
   * nothing anyway; `again`, the write may be done once more and then gives the same. Left out: it rejects, and
   * nobody knows what came of it.
   */
  readonly lostAnswer?: 'none' | 'again'
  /** Nobody waits for it: it may wait for a moment, and goes with the next write that is not so. */
  readonly isPatient?: boolean
}

export interface Item extends WriteOptions {
  readonly build: Build<unknown> | undefined
  readonly work: ((session: Session) => Promise<unknown>) | undefined
  /** Until when it may wait; of `performance.now()`. */
  deadline: number
  /** Until when it waits for a write that is not patient. */
  patientUntil: number
  readonly settle: (error: unknown, result?: unknown) => void
}

export type Waiting = Omit<Item, 'settle' | 'deadline' | 'patientUntil'>

export interface Finisher {
  readonly item: Item
  readonly finish: () => unknown
}

/** What was sent and has not been answered. */
export interface Sent {
  readonly finishers: readonly Finisher[]
  /** To be called when it turns out to be committed. */
  readonly committed: () => void
}

/** More than the pool waits between two tries to connect: it gives up before the deadline. */
const SLACK_MS = 150
/** What was sent waits at least so long for what became of it. */
const FIND_OUT_MS = 2_000

/** Rejects those that have waited for as long as they may; gives the others. */
export function expire(items: readonly Item[], error: unknown): Item[] {
  const now = performance.now() + SLACK_MS
  return items.filter(item => {
    if (item.deadline > now) return true
    item.settle(error)
    return false
  })
}

export function giveTime({ item }: Finisher): void {
  item.deadline = Math.max(item.deadline, performance.now() + FIND_OUT_MS)
}

/** It was committed, and nobody knows what came of it. */
const lostAnswer = (): Error => unavailable('it went away before it answered')

/** As `finish` of what gives its answer with its commit. */
export const throwLost = (): never => {
  throw lostAnswer()
}

/** Of those that are committed without their answers; gives which are to be done again. */
export function settleKnown({ finishers }: Sent, items: readonly Item[]): Item[] {
  return items.filter(item => {
    const finisher = finishers.find(known => known.item === item)
    if (finisher === undefined || item.lostAnswer === 'again') return true
    if (item.lostAnswer === 'none') finishOne(finisher)
    else item.settle(lostAnswer())
    return false
  })
}

export function finishOne({ item, finish }: Finisher): void {
  try {
    item.settle(undefined, finish())
  } catch (error) {
    item.settle(error)
  }
}

/** A write that cannot be made at all fails at once. */
export function buildAll(items: readonly Item[], batch: Batch): Finisher[] {
  return items.flatMap(item => {
    try {
      return item.build === undefined ? [] : [{ item, finish: item.build(batch, item) }]
    } catch (error) {
      item.settle(error)
      return []
    }
  })
}
