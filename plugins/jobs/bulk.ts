/** What a request asks to be run again. Each check throws VALIDATION with the API's text. */
import type { JobFilter, JobStatus } from '../../core/contracts/jobs.js'
import { refuse } from '../../core/validation/text.js'

const MAX_IDS = 1000
const MAX_VERSION = 1e9
/** The others are not run again: they will run, or do. */
const finished: readonly JobStatus[] = ['dead', 'succeeded', 'cancelled']

/** Of many jobs: a typing error must not mean all of them. */
export function readBulk(
  body: unknown
): { readonly ids: readonly string[] } | { readonly filter: JobFilter } {
  const { ids, filter } = readFields('body', body ?? {}, ['ids', 'filter'])
  if ((ids === undefined) === (filter === undefined)) {
    refuse('ids', 'either ids or filter must be given')
  }
  return ids === undefined ? { filter: readFilter(filter) } : { ids: readIds(ids) }
}

/** Of one job: the number of a version, undefined when there is none. */
export function readVersion(body: unknown): number | undefined {
  const { version } = readFields('body', body ?? {}, ['version'])
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
