/** A transaction of several steps on a connection of the pool. */
import type { Connection } from './connection.js'
import type { Connections } from './connections.js'
import { isConflict, isGone } from './failure.js'
import { COMMIT, Session, type Trips } from './transaction.js'

/** How often one is made that met others. */
export const ATTEMPTS = 4
export const BEGIN = { sql: 'begin', values: [] }
const ROLLBACK = { sql: 'rollback', values: [] }

/** Does the work in a transaction of its own; again when it met another one. */
export async function runTransaction<T>(
  connections: Connections,
  trips: Trips,
  work: (session: Session) => Promise<T>
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await onConnection(connections, connections.deadline(), async connection => {
        const session = new Session(connection, trips, [BEGIN])
        const result = await orRollBack(connection, session, () => work(session))
        await session.run([COMMIT])
        return result
      })
    } catch (error) {
      if (!isConflict(error) || attempt === ATTEMPTS) throw error
    }
  }
}

export async function orRollBack<T>(
  connection: Connection,
  session: Session,
  work: () => Promise<T>
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!connection.isBroken) await session.run([ROLLBACK]).catch(() => {})
    throw error
  }
}

/** Waits for a connection until the deadline. */
export async function onConnection<T>(
  connections: Connections,
  deadline: number,
  work: (connection: Connection) => Promise<T>
): Promise<T> {
  const connection = await connections.acquire(deadline)
  try {
    const result = await work(connection)
    connections.release(connection)
    return result
  } catch (error) {
    if (isGone(error)) connections.discard(connection)
    else connections.release(connection)
    throw error
  }
}
