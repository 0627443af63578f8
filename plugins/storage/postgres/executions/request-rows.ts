/** Requests to other servers as rows. */
import {
  requestColumns,
  toRequestValues,
  type RequestPart
} from '../../executions/request-columns.js'
import type { Statement } from '../db/statement.js'
import { measure } from './row-columns.js'

type Kind = RequestPart['kind']

const insert = (kind: Kind): string => {
  const columns = requestColumns[kind]
  return `insert into ${kind}_requests (id, execution, ${columns.join(', ')})
   select $1, e.id, ${columns.map((_, index) => `$${index + 3}`).join(', ')} from executions e where e.id = $2`
}
const inserts: Readonly<Record<Kind, string>> = {
  ai: insert('ai'),
  email: insert('email'),
  http: insert('http')
}

/** Numbers of these tables are whole here, as are those of tokens that a server counts in parts. */
const toWhole = <T>(value: T) => (typeof value === 'number' ? Math.round(value) : value)

export const requestStatements = (parts: readonly RequestPart[]): Statement[] =>
  parts.map(part => ({
    sql: inserts[part.kind],
    values: [
      part.request.id,
      part.request.executionId,
      ...toRequestValues(part).values.map(toWhole)
    ]
  }))

export const requestBytes = (part: RequestPart): number =>
  measure(`${part.kind}_requests`, ...toRequestValues(part).measured)
