/** Functions by their ids, within a session. */
import { MoonletError } from '../../../../core/base/errors.js'
import type { Session } from '../db/transaction.js'

interface Row {
  readonly seq: number
}

export const findOwner = async (session: Session, id: string): Promise<number | undefined> =>
  (await session.get<Row>('select seq from functions where id = $1', id))?.seq

/** Nobody else changes it until the transaction ends. */
export const lockOwner = async (session: Session, id: string): Promise<number | undefined> =>
  (await session.get<Row>('select seq from functions where id = $1 for no key update', id))?.seq

/** Throws NOT_FOUND. */
export async function requireOwner(session: Session, id: string): Promise<number> {
  const seq = await lockOwner(session, id)
  if (seq === undefined) throw missingFunction(id)
  return seq
}

export const missingFunction = (id: string): MoonletError =>
  new MoonletError('NOT_FOUND', `There is no function ${id}; it may have been deleted meanwhile.`)
