/**
 * Time zones by the runtime's own data: what the wall clock reads at an instant, and until when it keeps that offset.
 */

/** A stretch of time during which a zone keeps one offset. Unix milliseconds. */
export interface OffsetPeriod {
  /** Wall clock minus UTC. */
  readonly offset: number
  readonly from: number
  /** The first instant that may have another offset. */
  readonly until: number
}

export interface Zone {
  readonly name: string
  /** The period that holds `at`; it ends at the next change of offset, or a year later. */
  periodAt(at: number): OffsetPeriod
}

const DAY = 86_400_000
/** No zone of today changes its offset twice within a week. */
const STRIDE = 7 * DAY
const HORIZON = 366 * DAY

const zones = new Map<string, Zone>()

/** The zone of that IANA name, or the server's without one. Throws an Error for a name that is not known. */
export function findZone(name?: string): Zone {
  const known = canonicalName(name)
  let zone = zones.get(known)
  if (zone === undefined) {
    zone = createZone(known)
    zones.set(known, zone)
  }
  return zone
}

function canonicalName(name: string | undefined): string {
  if (name !== undefined && !/^[A-Za-z]/.test(name)) {
    throw new Error(`"${name}" is not a time zone such as Europe/Berlin`)
  }
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name === 'Local' ? undefined : name
    }).resolvedOptions().timeZone
  } catch {
    throw new Error(`"${name}" is not a time zone such as Europe/Berlin`)
  }
}

function createZone(name: string): Zone {
  const readOffset = offsetReader(name)
  let last: OffsetPeriod | undefined
  return {
    name,
    periodAt(at) {
      if (last === undefined || at < last.from || at >= last.until) {
        const offset = readOffset(at)
        last = { offset, from: at, until: nextChange(readOffset, at, offset) }
      }
      return last
    }
  }
}

/** The first millisecond after `at` with another offset; `at` plus a year when there is none until then. */
function nextChange(readOffset: (at: number) => number, at: number, offset: number): number {
  let same = at
  while (readOffset(same + STRIDE) === offset) {
    same += STRIDE
    if (same - at > HORIZON) return same
  }
  let changed = same + STRIDE
  while (changed - same > 1) {
    const middle = Math.floor((same + changed) / 2)
    if (readOffset(middle) === offset) same = middle
    else changed = middle
  }
  return changed
}

function offsetReader(timeZone: string): (at: number) => number {
  if (timeZone === 'UTC') return () => 0
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric'
  })
  return at => {
    const read: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const part of format.formatToParts(at)) read[part.type] = Number(part.value)
    const { year = 0, month = 1, day, hour, minute, second } = read
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
  }
}
