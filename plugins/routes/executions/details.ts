/** What an execution left behind: its logs, and its requests to other servers, AI providers and the mail service. */
import { Type } from 'typebox'
import { commonErrors, errorResponses } from '../../../core/http/response-schemas.js'
import { PageQuery, Pagination, pageOf, toPagination } from '../../../core/http/pagination.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import {
  AiRequest,
  EmailRequest,
  HttpRequest,
  httpRequestExample,
  LogLine,
  toAiRequest,
  toEmailRequest,
  toHttpRequest,
  toLogLine
} from './detail-schema.js'
import { MAX_HTTP_REQUESTS } from '../../../core/contracts/executions.js'
import { findExecution } from './find-execution.js'
import { executionExample, executionFields, ExecutionId, toExecution } from './schema.js'

const tags = ['Executions']
const params = Type.Object({ id: ExecutionId })
const querystring = Type.Object(PageQuery)
const notFound = { ...errorResponses({ 404: 'Execution not found' }), ...commonErrors }

const ExecutionWithLogs = Type.Object(
  {
    ...executionFields,
    response_json: Type.Optional(Type.String()),
    logs: Type.Array(LogLine),
    pagination: Pagination
  },
  {
    title: 'ExecutionWithLogs',
    examples: [
      {
        ...executionExample,
        logs: [{ level: 'info', message: 'hello', created_at: 1767225600 }],
        pagination: { total: 1, limit: 20, offset: 0 }
      }
    ]
  }
)

const HttpRequests = Type.Object(
  {
    http_requests: Type.Array(HttpRequest),
    pagination: Pagination,
    left_out: Type.Integer({
      minimum: 0,
      description: 'How many more there were than are kept; known once the execution has ended.'
    })
  },
  {
    examples: [
      {
        http_requests: [httpRequestExample],
        pagination: { total: 1, limit: 20, offset: 0 },
        left_out: 0
      }
    ]
  }
)

export function addExecutionDetails(api: ApiScope): void {
  addGetExecutionLogs(api)
  addListAiRequests(api)
  addListEmailRequests(api)
  addListHttpRequests(api)
}

function addGetExecutionLogs(api: ApiScope): void {
  const { executions } = api.storage
  api.get(
    '/api/executions/:id/logs',
    {
      config: { scope: 'executions:read', reach: 'filtered' },
      schema: {
        operationId: 'getExecutionLogs',
        tags,
        summary: 'Read an execution with its logs',
        description: 'The oldest entry first.',
        params,
        querystring,
        response: { 200: ExecutionWithLogs, ...notFound }
      }
    },
    async request => {
      const { params, query } = request
      const execution = await findExecution(api.storage, request, params.id)
      const { rows, total } = await executions.logs(params.id, query)
      return {
        ...toExecution(execution),
        logs: rows.map(toLogLine),
        pagination: toPagination(total, query)
      }
    }
  )
}

function addListAiRequests(api: ApiScope): void {
  const { executions } = api.storage
  api.get(
    '/api/executions/:id/ai-requests',
    {
      config: { scope: 'executions:read', reach: 'filtered' },
      schema: {
        operationId: 'listAiRequests',
        tags,
        summary: 'List the AI requests of an execution',
        description: 'The oldest first; secrets masked.',
        params,
        querystring,
        response: { 200: pageOf('ai_requests', AiRequest), ...notFound }
      }
    },
    async request => {
      const { params, query } = request
      await findExecution(api.storage, request, params.id)
      const { rows, total } = await executions.aiRequests(params.id, query)
      return { ai_requests: rows.map(toAiRequest), pagination: toPagination(total, query) }
    }
  )
}

function addListEmailRequests(api: ApiScope): void {
  const { executions } = api.storage
  api.get(
    '/api/executions/:id/email-requests',
    {
      config: { scope: 'executions:read', reach: 'filtered' },
      schema: {
        operationId: 'listEmailRequests',
        tags,
        summary: 'List the emails that an execution sent',
        description: 'The oldest first; secrets masked.',
        params,
        querystring,
        response: { 200: pageOf('email_requests', EmailRequest), ...notFound }
      }
    },
    async request => {
      const { params, query } = request
      await findExecution(api.storage, request, params.id)
      const { rows, total } = await executions.emailRequests(params.id, query)
      return { email_requests: rows.map(toEmailRequest), pagination: toPagination(total, query) }
    }
  )
}

function addListHttpRequests(api: ApiScope): void {
  const { executions } = api.storage
  api.get(
    '/api/executions/:id/http-requests',
    {
      config: { scope: 'executions:read', reach: 'filtered' },
      schema: {
        operationId: 'listHttpRequests',
        tags,
        summary: 'List the HTTP requests that an execution made',
        description: `The oldest first; secrets masked. Of each execution the first ${MAX_HTTP_REQUESTS} are kept.`,
        params,
        querystring,
        response: { 200: HttpRequests, ...notFound }
      }
    },
    async request => {
      const { params, query } = request
      await findExecution(api.storage, request, params.id)
      const { rows, total, leftOut } = await executions.httpRequests(params.id, query)
      return {
        http_requests: rows.map(toHttpRequest),
        pagination: toPagination(total, query),
        left_out: leftOut
      }
    }
  )
}
