/**
 * Names for the states of functions, and of the variables that all share (0): plugins/storage/functions/revisions.ts
 * says what they promise.
 */
import { createHash, type Hash } from 'node:crypto'
import type { MayChange } from '../../../../core/contracts/functions.js'
import { changedMeanwhile } from '../../functions/refusals.js'
import type { Session } from '../db/transaction.js'
import { integers } from '../db/values.js'

interface FunctionText {
  readonly seq: number
  readonly text: string
}
interface Variable {
  readonly seq: number
  readonly name: string
  readonly value: Uint8Array
}

/** Columns that invocations write are left out: that is no change of the function. */
const functionsSql = `
select f.seq, (to_jsonb(f) - 'id_skew' - 'last_cron_at')::text
  || (select count(*) from versions v where v.function = f.seq)::text as text
from functions f where f.seq = any($1::int8[])
union all
select 0, changes::text from shared_env_changes where 0 = any($1::int8[])`
const variablesSql = `
select function as seq, name, value from env where function = any($1::int8[]) order by function, name`

export async function revisionsOf(
  session: Session,
  seqs: readonly number[]
): Promise<ReadonlyMap<number, string>> {
  const values = [integers(seqs)]
  const [functions, variables] = await session.run([
    { sql: functionsSql, values },
    { sql: variablesSql, values }
  ])
  const hashes = new Map<number, Hash>()
  for (const { seq, text } of (functions?.rows ?? []) as unknown as FunctionText[]) {
    hashes.set(seq, createHash('sha256').update(text))
  }
  for (const { seq, name, value } of (variables?.rows ?? []) as unknown as Variable[]) {
    hashes
      .get(seq)
      ?.update(JSON.stringify([name, value.length]))
      .update(value)
  }
  return new Map(
    [...hashes].map(([seq, hash]) => [seq, hash.digest('base64url').slice(0, 22)] as const)
  )
}

export const revisionOf = async (session: Session, seq: number): Promise<string> =>
  (await revisionsOf(session, [seq])).get(seq) ?? ''

/** Within the transaction of the change. Throws PRECONDITION_FAILED. */
export async function checkRevision(
  session: Session,
  seq: number,
  mayChange: MayChange | undefined
): Promise<void> {
  if (mayChange !== undefined && !mayChange(await revisionOf(session, seq))) {
    throw changedMeanwhile()
  }
}
