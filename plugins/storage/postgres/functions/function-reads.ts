/** What is read of functions. */
import type { FunctionSnapshot, FunctionWithVersion } from '../../../../core/contracts/functions.js'
import {
  activeColumns,
  functionColumns,
  toFunctionWithVersion,
  type ActiveRow
} from '../../functions/function-rows.js'
import { source as sourceOf } from '../../functions/function-statements.js'
import type { SecretBox } from '../../secrets/secret-box.js'
import { quoteNames } from '../db/sql-text.js'
import type { Session } from '../db/transaction.js'
import { resolveModules } from '../modules/module-graph.js'
import { toRequired } from '../modules/module-reads.js'
import { parseNames } from '../../modules/module-rows.js'
import { revisionOf } from './revisions.js'

/** Functions, each with its active version. */
export const source = sourceOf
export const columns = quoteNames(functionColumns)
export const withVersion = quoteNames(activeColumns)
export const present = 'not f.removed'
export const findSql = `select ${withVersion} ${source} where f.id = $1`

export interface VariableRow {
  readonly name: string
  readonly value: Uint8Array
}

/** The function's own; with an empty id those that all share. */
export const variablesSql =
  'select name, value from env where function = owner_of($1::text) order by name'

/** A function with the modules that its active version runs with. */
export async function toRunnable(session: Session, row: ActiveRow): Promise<FunctionWithVersion> {
  const { fn, active } = toFunctionWithVersion(row)
  const names = parseNames(row.requires ?? '[]')
  const modules = names.length === 0 ? undefined : await resolveModules(session, names)
  return { fn, active: active && modules ? { ...active, modules } : active }
}

export async function readVariables(
  session: Session,
  secrets: SecretBox,
  id: string
): Promise<Readonly<Record<string, string>>> {
  const rows = await session.all<VariableRow>(variablesSql, id)
  return Object.fromEntries(rows.map(({ name, value }) => [name, secrets.open(value, id, name)]))
}

export async function readSnapshot(
  session: Session,
  secrets: SecretBox,
  id: string
): Promise<FunctionSnapshot | undefined> {
  const row = await session.get<ActiveRow & { readonly seq: number }>(
    `select f.seq, ${withVersion} ${source} where f.id = $1`,
    id
  )
  if (row === undefined) return undefined
  return {
    ...toFunctionWithVersion(row),
    variables: await readVariables(session, secrets, id),
    requires: await toRequired(session, parseNames(row.requires ?? '[]')),
    revision: await revisionOf(session, row.seq)
  }
}
