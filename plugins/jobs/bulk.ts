/** What a request asks to be run again. Each check throws VALIDATION with the API's text. */
import type { JobFilter, JobStatus } from '../../core/contracts/jobs.js'
import { refuse } from '../../core/validation/text.js'

const MAX_IDS = 1000
const MAX_VERSION = 1e9
/** The others are not run again: they will run, or do. */
const finished: readonly JobStatus[] = ['dead', 'succeeded', 'cancelled']

/** Which jobs, and the version that they run with; undefined: the active one. */
export type Bulk = { readonly version: number | undefined } & (
  { readonly ids: readonly string[] } | { readonly filter: JobFilter }
)

/** Of many jobs: a typing error must not mean all of them. */
export function readBulk(body: unknown): Bulk {
  const {
    ids,
    filter,
    version: number
  } = readFields('body', body ?? {}, ['ids', 'filter', 'version'])
  const version = toVersion(number)
  if ((ids === undefined) === (filter === undefined)) {
    refuse('ids', 'either ids or filter must be given')
  }
  if (ids !== undefined) return { ids: readIds(ids), version }
  const read = readFilter(filter)
  if (version !== undefined && read.functionId === undefined) {
    refuse('version', 'a version is one of a function: filter must have its function_id')
  }
  return { filter: read, version }
}

/** Of one job: the number of a version, undefined when there is none. */
export function readVersion(body: unknown): number | undefined {
  const { version } = readFields('body', body ?? {}, ['version'])
  return toVersion(version)
}

function toVersion(version: unknown): number | undefined {
  if (version === undefined) return undefined
  const fits =
    typeof version === 'number' &&
    Number.isInteger(version) &&
    version >= 1 &&
    version <= MAX_VERSION
  return fits ? version : refuse('version', 'version must be the number of a version')
}

function readIds(ids: unknown): string[] {
  const fits =
    Array.isArray(ids) &&
    ids.length > 0 &&
    ids.length <= MAX_IDS &&
    ids.every((id): id is string => typeof id === 'string')
  if (!fits) refuse('ids', `ids must be a list of 1 to ${MAX_IDS} ids of jobs`)
  return [...new Set(ids as string[])]
}

function readFilter(value: unknown): JobFilter {
  const { status, function_id: functionId } = readFields('filter', value, ['status', 'function_id'])
  if (functionId !== undefined && typeof functionId !== 'string') {
    refuse('filter', 'function_id must be a text')
  }
  return { status: status === undefined ? undefined : readStatus(status), functionId }
}

const readStatus = (value: unknown): JobStatus =>
  finished.find(status => status === value) ??
  refuse('filter', `status must be one of: [${finished.join(' ')}]`)

/** The object's fields without those that are null. Refuses fields that are not `known`. */
function readFields(
  field: string,
  value: unknown,
  known: readonly string[]
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(field, `${field} must be an object with the fields ${known.join(', ')}`)
  }
  const given = Object.entries(value).filter(([, part]) => part !== null)
  const unknown = given.find(([name]) => !known.includes(name))
  if (unknown !== undefined) {
    refuse(field, `unknown field ${JSON.stringify(unknown[0])}; the fields are ${known.join(', ')}`)
  }
  return Object.fromEntries(given)
}
