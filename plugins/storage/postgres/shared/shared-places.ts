/**
 * How many calls of a function may be in progress on all servers together. Each server holds places: those of its
 * calls, and while most are free, some for calls to come, so that these need no round trip. What it holds is written as
 * a number, not as a change, so that whatever was lost on the way is right again with the next word. Only where nothing
 * else is asked about the function, a place is given back as a change, with the record of the run that had it, which
 * costs no round trip. A server that is gone holds none once its lease has run out.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { MaybePromise } from '../../../../core/base/maybe-promise.js'
import type { PlaceBook } from '../../../../core/contracts/shared-work.js'
import type { Database } from '../db/database.js'
import { integers, texts } from '../db/values.js'
import type { Flights, Question } from './flights.js'
import { Gathering } from './gathering.js'

/**
 * A call that finds no place asks again for so long: one that has just ended elsewhere gives its place back behind its
 * answer, and a caller who has that answer may be here first.
 */
const PATIENCE_MS = 150
const ASK_AGAIN_MS = 25
/** Spare places that were not used for so long are given back. */
const IDLE_MS = 250
const BUSY_MS = 250
/** How often a server says what it holds: the database may have forgotten it. */
const REPEAT_MS = 5_000
/** Of free places a server keeps at most this part. The database gives an eighth: so that is never too many at once. */
const SPARE_PART = 6

type Release = () => void

interface Waiting {
  readonly until: number
  readonly resolve: (release: Release | undefined) => void
  readonly reject: (error: unknown) => void
}

class Room {
  inUse = 0
  spare = 0
  /** Places that nobody holds, as far as is known. */
  free = 0
  limit = 0
  usedAt = -Infinity
  askedAt = -Infinity
  waiting: Waiting[] = []
  /** Those that ask again in a moment. */
  pausing = 0
  /** Calls that are about to ask for a place. */
  expected = 0
  /** It goes with the next request. */
  isQueued = false
  /** A request about it is on its way. */
  isAsking = false
  /** Places are to be given back with the next writes: `planned`, or these are on their way: `sent`. */
  leaving: 'planned' | 'sent' | undefined
  /** The last word to the database may have been lost. */
  isUncertain = false

  constructor(readonly functionId: string) {}

  get mostSpare(): number {
    return this.free / SPARE_PART
  }

  /** Where few are free, each is for whoever asks first. */
  get hasTooManySpare(): boolean {
    return this.spare - this.expected > this.mostSpare
  }

  /** What it holds is being told, or has to be. */
  get isBeingTold(): boolean {
    return this.isQueued || this.isAsking || this.isUncertain
  }

  /** One room is one entry here and in the database: it is forgotten when nobody needs it. */
  get isEmpty(): boolean {
    const { inUse, spare, waiting, pausing, expected } = this
    const isIdle = inUse + spare + waiting.length + pausing + expected === 0
    return isIdle && !this.isBeingTold && this.leaving === undefined
  }
}

interface Granted {
  readonly n: number
  readonly granted: number
  readonly free: number
}

const takeSql =
  'select * from take_places($1::int, $2::text[], $3::int8[], $4::int8[], $5::int8[], $6::int8[])'

/** No row stays that holds none. */
const leaveSql = `
with gone as (delete from places where function_id = $1 and node = $2 and held <= $3)
update places set held = held - $3 where function_id = $1 and node = $2 and held > $3`

export class SharedPlaces implements PlaceBook {
  private readonly rooms = new Map<string, Room>()
  private readonly asked = new Gathering<Room>()
  private readonly fly: () => void
  private timer: NodeJS.Timeout | undefined
  private repeatedAt = 0

  constructor(
    private readonly db: Database,
    private readonly node: () => number,
    flights: Flights
  ) {
    this.fly = flights.add(() => this.compose(this.asked.take()))
  }

  of(functionId: string): number {
    return this.rooms.get(functionId)?.inUse ?? 0
  }

  take(functionId: string, limit: number): MaybePromise<Release | undefined> {
    const room = this.rooms.get(functionId) ?? new Room(functionId)
    room.limit = limit
    if (room.inUse >= limit) return undefined
    this.rooms.set(functionId, room)
    if (room.spare > 0 && room.inUse + room.spare <= limit) return this.use(room)
    return new Promise((resolve, reject) => {
      room.waiting.push({ until: performance.now() + PATIENCE_MS, resolve, reject })
      this.ask(room)
    })
  }

  /** What is granted for it is kept until it has asked, or has not. */
  expect(functionId: string, limit: number): () => void {
    const room = this.rooms.get(functionId) ?? new Room(functionId)
    room.limit = limit
    if (room.inUse + room.spare >= limit) return () => {}
    this.rooms.set(functionId, room)
    room.expected++
    if (room.spare < room.expected) this.ask(room)
    return () => {
      room.expected--
      this.settle(room)
    }
  }

  close(): void {
    clearInterval(this.timer)
  }

  private use(room: Room): Release {
    room.spare--
    room.inUse++
    room.usedAt = performance.now()
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      room.inUse--
      room.spare++
      if (!room.hasTooManySpare) return
      if (room.isBeingTold || room.waiting.length > 0) this.giveBack(room)
      else if (room.leaving === undefined) this.leave(room)
    }
  }

  /** With the writes of this moment, among which is the record of the run that had the place. */
  private leave(room: Room): void {
    room.leaving = 'planned'
    let count: number | undefined
    const written = this.db.writeUnacked(
      [],
      batch => {
        // A call may have come meanwhile. Once sent, they are nobody's here.
        if (count === undefined) {
          count = room.isBeingTold || !room.hasTooManySpare ? 0 : room.spare
          room.spare -= count
        }
        room.leaving = 'sent'
        if (count > 0) batch.add(leaveSql, room.functionId, this.node(), count)
        return () => {}
      },
      true
    )
    const settled = (): void => {
      room.leaving = undefined
      if (room.isUncertain || room.isQueued) this.ask(room)
      else this.settle(room)
    }
    written.then(settled, () => {
      room.isUncertain = true
      settled()
    })
  }

  private giveBack(room: Room, kept = room.expected): void {
    room.spare = Math.min(room.spare, kept)
    this.ask(room)
  }

  /** A number and a change must not be on their way together: nobody knows which comes first. */
  private ask(room: Room): void {
    room.isQueued = true
    if (room.leaving === 'sent') return
    this.asked.add(room)
    this.fly()
  }

  private compose(all: readonly Room[]): Question | undefined {
    if (all.length === 0) return undefined
    const now = performance.now()
    for (const room of all) {
      room.isQueued = false
      room.isAsking = true
    }
    const served = all.map(room => room.waiting.splice(0))
    const ahead = all.map((room, index) => {
      const isBusy = now - room.askedAt < BUSY_MS && (served[index]?.length ?? 0) > 0
      if ((served[index]?.length ?? 0) > 0) room.askedAt = now
      return isBusy ? Math.max(1, room.inUse) : 0
    })
    // Spare places may be used while it is on its way: they stay held.
    const holding = all.map(({ inUse, spare }) => inUse + spare)
    const needed = all.map(
      ({ spare, expected }, index) => (served[index]?.length ?? 0) + Math.max(0, expected - spare)
    )
    const values = [
      this.node(),
      texts(all.map(({ functionId }) => functionId)),
      integers(all.map(({ limit }) => limit)),
      integers(holding),
      integers(needed),
      integers(ahead)
    ]
    const settle = (isUncertain: boolean): void => {
      for (const room of all) {
        room.isAsking = false
        room.isUncertain = isUncertain
        this.settle(room)
      }
    }
    return {
      statement: { sql: takeSql, values },
      answered: rows => {
        for (const { n, granted, free } of rows as unknown as Granted[]) {
          const room = all[n - 1]
          if (room === undefined) continue
          room.spare += granted
          room.free = free
          this.serve(room, served[n - 1] ?? [])
        }
        settle(false)
      },
      failed: error => {
        for (const { reject } of served.flat()) reject(error)
        settle(true)
      }
    }
  }

  private serve(room: Room, served: readonly Waiting[]): void {
    const now = performance.now()
    const left: Waiting[] = []
    for (const waiting of served) {
      if (room.spare > 0 && room.inUse < room.limit) waiting.resolve(this.use(room))
      else if (now >= waiting.until || room.inUse >= room.limit) waiting.resolve(undefined)
      else left.push(waiting)
    }
    if (left.length === 0) return
    room.pausing += left.length
    void pause(ASK_AGAIN_MS, undefined, { ref: false }).then(() => {
      room.pausing -= left.length
      room.waiting.push(...left)
      this.ask(room)
    })
  }

  private settle(room: Room): void {
    if (room.waiting.length > 0) this.ask(room)
    else if (room.hasTooManySpare && !room.isUncertain) {
      this.giveBack(room, Math.floor(room.mostSpare) + room.expected)
    }
    if (room.isEmpty) this.rooms.delete(room.functionId)
    else this.watch()
  }

  /** While anything is held. */
  private watch(): void {
    this.timer ??= setInterval(() => {
      const now = performance.now()
      const isRepeating = now - this.repeatedAt >= REPEAT_MS
      if (isRepeating) this.repeatedAt = now
      for (const room of this.rooms.values()) {
        if (room.spare > 0 && now - room.usedAt > IDLE_MS) this.giveBack(room)
        // How many are free changes by what others do.
        else if (room.spare > 0 || isRepeating) this.ask(room)
      }
      if (this.rooms.size > 0) return
      clearInterval(this.timer)
      this.timer = undefined
    }, IDLE_MS).unref()
  }
}
