/** Executions over the management API: those of a function, and one by its id. */
import { Type } from 'typebox'
import { commonErrors, errorResponses } from '../../../core/http/response-schemas.js'
import { PageQuery, toPagination } from '../../../core/http/pagination.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import type { ExecutionFilter } from '../../../core/contracts/executions.js'
import { findFunction } from '../find-function.js'
import { FunctionId } from '../functions/schema.js'
import { findExecution } from './find-execution.js'
import {
  Execution,
  ExecutionFilters,
  ExecutionId,
  ExecutionPage,
  toExecution,
  toListedExecution
} from './schema.js'

const tags = ['Executions']

export function addExecutionRoutes(api: ApiScope): void {
  const { storage } = api

  api.get(
    '/api/functions/:id/executions',
    {
      config: { scope: 'executions:read' },
      schema: {
        operationId: 'listExecutions',
        tags,
        summary: 'List the executions of a function',
        description: 'The newest first, without `response_json`. Filters are combined with "and".',
        params: Type.Object({ id: FunctionId }),
        querystring: Type.Object({ ...PageQuery, ...ExecutionFilters }),
        response: {
          200: ExecutionPage,
          ...errorResponses({
            400: 'status: status must be one of: [pending success error]',
            404: 'Function not found'
          }),
          ...commonErrors
        }
      }
    },
    async ({ params, query }) => {
      await findFunction(storage, params.id)
      const { limit, offset, error_kind: errorKind, job_id: jobId, ...asked } = query
      const { rows, total, partial } = await storage.executions.list(
        params.id,
        { limit, offset },
        toFilter({ ...asked, errorKind, jobId })
      )
      return {
        executions: rows.map(toListedExecution),
        pagination: toPagination(total, query),
        partial
      }
    }
  )

  api.get(
    '/api/executions/:id',
    {
      config: { scope: 'executions:read', reach: 'filtered' },
      schema: {
        operationId: 'getExecution',
        tags,
        summary: 'Read an execution',
        description: 'With its event, response and error; credentials in them are masked.',
        params: Type.Object({ id: ExecutionId }),
        response: {
          200: Execution,
          ...errorResponses({ 404: 'Execution not found' }),
          ...commonErrors
        }
      }
    },
    async request => toExecution(await findExecution(storage, request, request.params.id))
  )
}

/** Empty texts do not filter. */
const toFilter = (asked: {
  readonly [Name in keyof ExecutionFilter]: ExecutionFilter[Name] | undefined
}): ExecutionFilter =>
  Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== undefined && value !== '')
  )
