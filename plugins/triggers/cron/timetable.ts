/** Which functions are due in which minute. Holds for each active schedule when it is due next. */
import { nextRuns, parseSchedule, type Schedule } from '../../../core/cron/schedule.js'
import type { FunctionRecord } from '../../../core/contracts/records.js'

interface Entry {
  readonly text: string
  readonly schedule: Schedule
  /** Unix seconds; undefined when it is not due within five years. */
  next: number | undefined
}

export interface Timetable {
  /**
   * Takes over what the function's settings say; drops it when it is not to run. False: its schedule cannot be
   * read.
   */
  put(fn: FunctionRecord): boolean
  drop(functionId: string): void
  has(functionId: string): boolean
  /** The functions due in `minute` (Unix milliseconds), which must come after every minute asked for before. */
  due(minute: number): Iterable<string>
  /** Forgets which minutes were asked for: the clock was set to `minute`. */
  restart(minute: number): void
}

/** `minute` (Unix milliseconds) is the one that has begun already: what is due in it has been missed. */
export function createTimetable(minute: number): Timetable {
  const entries = new Map<string, Entry>()
  let last = minute
  const nextAfter = (schedule: Schedule, from: number) => nextRuns(schedule, from, 1)[0]

  return {
    put(fn) {
      const text = wantedSchedule(fn)
      if (text === entries.get(fn.id)?.text) return true
      entries.delete(fn.id)
      if (text === undefined) return true
      try {
        const schedule = parseSchedule(text)
        entries.set(fn.id, { text, schedule, next: nextAfter(schedule, last) })
        return true
      } catch {
        return false
      }
    },
    drop(functionId) {
      entries.delete(functionId)
    },
    has: functionId => entries.has(functionId),
    *due(minute) {
      last = minute
      for (const [functionId, entry] of entries) {
        if (entry.next === undefined || entry.next * 1000 > minute) continue
        // Behind, after minutes that never ticked: it may be due in this one all the same.
        if (entry.next * 1000 < minute) entry.next = nextAfter(entry.schedule, minute - 1000)
        if (entry.next === undefined || entry.next * 1000 > minute) continue
        entry.next = nextAfter(entry.schedule, minute)
        yield functionId
      }
    },
    restart(minute) {
      last = minute
      for (const entry of entries.values()) entry.next = nextAfter(entry.schedule, minute)
    }
  }
}

/** The schedule a function is to run by now; undefined when it is not to. */
export function wantedSchedule(fn: FunctionRecord): string | undefined {
  return fn.disabled || fn.cronStatus !== 'active' || fn.cronSchedule === ''
    ? undefined
    : fn.cronSchedule
}
