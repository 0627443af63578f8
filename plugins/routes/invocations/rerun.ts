/** Running a function again with the event of an earlier execution. */
import { Type } from 'typebox'
import { changeErrors, errorResponses } from '../../../core/http/response-schemas.js'
import { readCallChain } from '../../../core/http/read-call-chain.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { HttpCaller } from '../../../core/connections/caller.js'
import type { InvocationEvent, Outcome } from '../../../core/contracts/invocation.js'
import type { ExecutionRecord } from '../../../core/contracts/records.js'
import { MoonletError } from '../../../core/base/errors.js'
import { withoutServersOwnHeaders } from '../../../core/http/header-names.js'
import { findExecution } from '../executions/find-execution.js'
import { ExecutionId } from '../executions/schema.js'
import { findFunction } from '../find-function.js'
import { readStoredEvent } from './stored-event.js'
import { limitExamples } from '../../../core/base/limit-texts.js'

const RerunResult = Type.Object(
  {
    execution_id: Type.String(),
    status: Type.Enum(['success', 'error']),
    status_code: Type.Optional(Type.Integer({ description: 'Absent after a failed run.' })),
    duration_ms: Type.Integer({ minimum: 0 }),
    error_message: Type.Optional(Type.String({ description: 'Only after a failed run.' }))
  },
  {
    title: 'RerunResult',
    examples: [
      { execution_id: 'd2c1vb9o5a6c4g1k2m10', status: 'success', status_code: 200, duration_ms: 3 }
    ]
  }
)

export function addRerunRoute(api: ApiScope): void {
  api.post(
    '/api/executions/:id/rerun',
    {
      config: { scope: 'run', reach: 'filtered' },
      schema: {
        operationId: 'rerunExecution',
        tags: ['Runs'],
        summary: 'Run again with the same event',
        description:
          'The active version, with the event as it was stored: secrets in it stay masked, and ' +
          'one that was too large to be stored whole (`truncated`) is refused. The new ' +
          'execution has the trigger `rerun`.',
        params: Type.Object({ id: ExecutionId }),
        response: {
          200: RerunResult,
          ...changeErrors,
          ...errorResponses({
            404: 'Execution not found',
            409: 'Function is disabled',
            503: limitExamples.queueFull
          })
        }
      }
    },
    async (request, reply) => {
      const execution = await findExecution(api.storage, request, request.params.id)
      const { fn, active } = await findFunction(api.storage, execution.functionId)
      if (fn.disabled) throw new MoonletError('CONFLICT', 'Function is disabled')
      if (active === undefined) throw new MoonletError('CONFLICT', 'No active version found')
      const event = readEvent(execution, request.ip)
      const caller = new HttpCaller(request.raw, reply.raw, readCallChain(request))
      const asked = {
        fn,
        version: active,
        trigger: 'rerun',
        event,
        requestId: request.id,
        record: true,
        caller
      }
      return toRerunResult(await api.invoker.invoke(asked))
    }
  )
}

/**
 * Only the scheduler says in an event that it was the scheduler; a record of an earlier version may hold a forged
 * one.
 */
function readEvent({ eventJson, trigger }: ExecutionRecord, ip: string): InvocationEvent {
  const event = readStoredEvent(eventJson, ip)
  const isOurs = trigger === 'cron' || trigger === 'rerun'
  return isOurs ? event : { ...event, headers: withoutServersOwnHeaders(event.headers) }
}

const toRerunResult = ({ executionId, answer, durationMs, errorMessage }: Outcome) => ({
  execution_id: executionId,
  status:
    answer === undefined || answer.statusCode >= 400 ? ('error' as const) : ('success' as const),
  status_code: answer?.statusCode,
  duration_ms: durationMs,
  error_message: errorMessage
})
