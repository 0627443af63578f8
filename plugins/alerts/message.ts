/** What is told, in words. */
import type { AlertMessage, AlertRule } from '../../core/contracts/alerts.js'
import type { Storage } from '../../core/contracts/storage.js'
import { errorMessageOf } from '../../core/lua-advice/error-text.js'
import type { RuleWatch, Telling } from './rule-watch.js'

export interface MessageSource {
  readonly storage: {
    readonly functions: Pick<Storage['functions'], 'find'>
    readonly executions: Pick<Storage['executions'], 'find'>
    readonly jobs: Pick<Storage['jobs'], 'find'>
  }
  readonly baseUrl: () => string
}

const MAX_DETAIL = 500

interface Named {
  readonly id: string
  readonly name: string
}

/** Never rejects for what is no longer there: it is left out. */
export async function composeMessage(
  { storage, baseUrl }: MessageSource,
  { id, rule }: Pick<RuleWatch, 'id' | 'rule'>,
  telling: Telling
): Promise<AlertMessage> {
  const { status, count, since, at, trouble } = telling
  const functionId = trouble.functionId ?? rule.functionId
  const fn = functionId === undefined ? undefined : await findNamed(storage, functionId)
  const { executionId, jobId } = trouble
  const detail = status === 'ok' ? undefined : await detailOf(storage, telling)
  return {
    alert: { id, name: rule.name },
    on: rule.on,
    status,
    title: status === 'ok' ? recoveredTitle(rule, fn) : titleOf(rule, fn, telling),
    text: status === 'ok' ? recoveredText(telling) : (detail ?? ''),
    function_id: fn?.id,
    function_name: fn?.name,
    execution_id: status === 'ok' ? undefined : executionId,
    job_id: status === 'ok' ? undefined : jobId,
    count,
    since: toSeconds(since),
    at: toSeconds(at),
    url: baseUrl() + pathOf(fn, status === 'ok' ? undefined : executionId)
  }
}

export const testMessage = (
  { baseUrl }: Pick<MessageSource, 'baseUrl'>,
  { id, rule }: Pick<RuleWatch, 'id' | 'rule'>,
  now: number
): AlertMessage => ({
  alert: { id, name: rule.name },
  on: rule.on,
  status: 'test',
  title: `Test of the alert "${rule.name}"`,
  text: 'Somebody asked for this message; nothing is wrong.',
  count: 0,
  since: toSeconds(now),
  at: toSeconds(now),
  url: `${baseUrl()}/`
})

async function findNamed(
  { functions }: MessageSource['storage'],
  id: string
): Promise<Named | undefined> {
  const found = await functions.find(id)
  return found && { id, name: found.fn.name }
}

/** As the history has it, secrets masked. */
async function detailOf(
  { executions, jobs }: MessageSource['storage'],
  { trouble: { executionId, jobId, detail } }: Telling
): Promise<string | undefined> {
  if (detail !== undefined) return detail
  const execution = executionId === undefined ? undefined : await executions.find(executionId)
  if (execution?.errorMessage !== undefined) return cut(errorMessageOf(execution.errorMessage))
  const job = jobId === undefined ? undefined : await jobs.find(jobId)
  if (job?.error !== undefined) return cut(job.error)
  const status = execution?.statusCode
  return status === undefined ? undefined : `It answered ${status}.`
}

const cut = (text: string): string =>
  text.length <= MAX_DETAIL ? text : `${text.slice(0, MAX_DETAIL - 1)}…`

function titleOf(rule: AlertRule, fn: Named | undefined, { count, since }: Telling): string {
  const who = fn === undefined ? 'A function' : `"${fn.name}"`
  const times = count > 1 ? ` (${count} times since ${iso(since)})` : ''
  switch (rule.on) {
    case 'failure':
      return `${who} failed${times}`
    case 'job_dead':
      return `A job of ${fn === undefined ? 'a function' : who} failed for good${times}`
    case 'schedule_late':
      return `${who} has not succeeded on its schedule for ${rule.lateMinutes} minutes`
    case 'queue_full':
      return `Calls are turned away: too many wait${times}`
    case 'disk_low':
      return `Less than ${rule.minFreeMb} MiB are free on the disk`
  }
}

function recoveredTitle({ on, functionId }: AlertRule, fn: Named | undefined): string {
  const who = functionId === undefined || fn === undefined ? undefined : `"${fn.name}"`
  switch (on) {
    case 'failure':
      return who === undefined ? 'No function fails any more' : `${who} no longer fails`
    case 'job_dead':
      return `No more jobs ${who === undefined ? '' : `of ${who} `}fail for good`
    case 'schedule_late':
      return `${who ?? 'Every function'} has succeeded on its schedule again`
    case 'queue_full':
      return 'Calls are no longer turned away'
    case 'disk_low':
      return 'There is room on the disk again'
  }
}

const recoveredText = ({ count, since, at }: Telling): string =>
  `Recovered at ${iso(at)}, after ${count === 1 ? 'one time' : `${count} times`} since ${iso(since)}.`

function pathOf(fn: Named | undefined, executionId: string | undefined): string {
  if (fn === undefined) return '/'
  const execution = executionId === undefined ? '' : `/${executionId}`
  return `/functions/${fn.id}/executions${execution}`
}

const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
const toSeconds = (ms: number): number => Math.floor(ms / 1000)
