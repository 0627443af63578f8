/** What the page of one execution shows. */
import type { Execution, HttpRequest, LogEntry } from '../../../api/types.js'
import { parseErrorText } from '../../../format/error-text.js'
import { loading } from '../../../shell/loading.js'
import { readAddress, route } from '../../../shell/router.js'
import { current } from '../../function.js'
import { listAddress } from '../executions/list-place.js'
import { noKept } from './kept.js'
import type { Outgoing } from './outgoing.js'

const levels = ['all', 'debug', 'info', 'warn', 'error'] as const
export type Level = (typeof levels)[number]

function readLogFilter() {
  const { level, search } = readAddress('level', 'search')
  return { level: levels.find(known => known === level) ?? 'all', search }
}

export type ExecutionState = ReturnType<typeof createExecutionState>

export const createExecutionState = () => ({
  ...loading(),
  busy: false,
  id: route.detail,
  run: {} as Partial<Execution>,
  outcome: { error: parseErrorText('') },
  event: noKept(),
  response: noKept(),
  logs: [] as LogEntry[],
  logTotal: 0,
  ...readLogFilter(),
  levels,
  loadingLogs: false,
  outgoing: [] as Outgoing[],
  http: [] as HttpRequest[],
  httpLeftOut: 0,
  listAddress: listAddress(current.fn.id)
})
