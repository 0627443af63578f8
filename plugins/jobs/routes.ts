/** What the API tells of jobs, and what people decide about them. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type TSchema } from 'typebox'
import '../../core/contracts/server.js'
import { MoonletError } from '../../core/base/errors.js'
import { defaultRetry } from '../../core/contracts/front-door.js'
import type { JobChange, JobFilter, JobRecord } from '../../core/contracts/jobs.js'
import { clockOf } from '../../core/cron/clock.js'
import { auditNote } from '../../core/http/audit-note.js'
import { createBodyReader, type Reader } from '../../core/http/body-reader.js'
import { apiScope, type ApiScope } from '../../core/http/conventions.js'
import { checkFunction, checkFunctionFilter } from '../../core/http/token-functions.js'
import { PageQuery, toPagination } from '../../core/http/pagination.js'
import {
  bodyErrors,
  changeErrors,
  commonErrors,
  errorResponses,
  NoContent
} from '../../core/http/response-schemas.js'
import { storedEvent } from '../../core/invoker/event-json.js'
import { readVersion } from './bulk.js'
import { addRedriveOfMany } from './bulk-route.js'
import { checkVersion } from './check-version.js'
import { JobDetail, JobId, JobPage, Status, toAttempt, toJob } from './schema.js'

const tags = ['Jobs']
const params = Type.Object({ id: JobId })
const missing = errorResponses({ 404: 'Job not found' })
const MAX_ATTEMPTS_SHOWN = 100
const reading = { scope: 'executions:read', reach: 'filtered' } as const
const deciding = { scope: 'run', reach: 'filtered' } as const

export default async function jobRoutes(fastify: FastifyInstance) {
  const api = apiScope(fastify)
  addReads(api)
  addDecisions(api)
  addRedrive(api)
  addRedriveOfMany(api)
}

function addReads(api: ApiScope): void {
  const { storage } = api

  api.get(
    '/api/jobs',
    {
      config: reading,
      schema: {
        operationId: 'listJobs',
        tags,
        summary: 'List jobs',
        description:
          'The newest first, of all functions. Filters are combined with "and". A token for some functions must name ' +
          'one of them as `function_id`.',
        querystring: Type.Object({
          ...PageQuery,
          status: Type.Optional(Status),
          function_id: Type.Optional(
            Type.String({ maxLength: 100, description: 'Only jobs of this function.' })
          )
        }),
        response: {
          200: JobPage,
          ...errorResponses({ 400: 'status: status must be one of: [queued waiting …]' }),
          ...commonErrors
        }
      }
    },
    async request => {
      const { query } = request
      const filter: JobFilter = {
        status: query.status,
        functionId: query.function_id === '' ? undefined : query.function_id
      }
      checkFunctionFilter(request, filter.functionId)
      const { rows, total } = await storage.jobs.list(query, filter)
      const jobs = await Promise.all(rows.map(async job => toJob(job, await maxAttempts(api, job))))
      return { jobs, pagination: toPagination(total, query) }
    }
  )

  api.get(
    '/api/jobs/:id',
    {
      config: reading,
      schema: {
        operationId: 'getJob',
        tags,
        summary: 'Read a job, its event and its attempts',
        description: 'Secrets in the event are masked; the job itself keeps it whole.',
        params,
        response: { 200: JobDetail, ...missing, ...commonErrors }
      }
    },
    async request => readDetail(api, request)
  )
}

function addDecisions(api: ApiScope): void {
  const { jobs, shared } = api.storage
  const clock = clockOf(shared)

  api.post(
    '/api/jobs/:id/cancel',
    {
      config: deciding,
      schema: {
        operationId: 'cancelJob',
        tags,
        summary: 'Cancel a job',
        description:
          'A job that is queued or waiting is not run any more. An attempt that runs goes on, but no other follows.',
        params,
        response: {
          200: JobDetail,
          ...missing,
          ...errorResponses({
            409: 'This job is succeeded; only one that has not finished is cancelled'
          }),
          ...changeErrors
        }
      }
    },
    async request => {
      const { id } = request.params
      const change = await decide(api, request, 'job.cancel', () => jobs.cancel(id, clock.now()))
      check(change, 'only one that has not finished is cancelled')
      api.wakeJobs()
      return readDetail(api, request)
    }
  )

  api.delete(
    '/api/jobs/:id',
    {
      config: deciding,
      schema: {
        operationId: 'deleteJob',
        tags,
        summary: 'Delete a job',
        description: 'Its executions stay in the history.',
        params,
        response: {
          204: NoContent('Deleted.'),
          ...missing,
          ...errorResponses({ 409: 'This job is running; cancel it, or wait for its end' }),
          ...changeErrors
        }
      }
    },
    async (request, reply) => {
      const { id } = request.params
      const change = await decide(api, request, 'job.delete', () => jobs.remove(id))
      check(change, 'cancel it, or wait for its end')
      return reply.code(204).send()
    }
  )
}

function addRedrive(api: ApiScope): void {
  const { jobs, shared } = api.storage
  const clock = clockOf(shared)

  api.post(
    '/api/jobs/:id/redrive',
    {
      validatorCompiler: ({ schema, httpPart }) =>
        httpPart === 'body' ? optionalBody(schema as TSchema) : value => ({ value }),
      config: deciding,
      schema: {
        operationId: 'redriveJob',
        tags,
        summary: 'Run a finished job again',
        description:
          'It keeps its id and gets fresh attempts, with the active version of its function or with `version`. ' +
          'Without a body: the active version.',
        params,
        body: Type.Unknown({
          description: '`{"version"?}`: the number of the version.',
          examples: [{ version: 2 }]
        }),
        response: {
          200: JobDetail,
          ...bodyErrors,
          ...missing,
          ...errorResponses({
            400: 'version: the function has no version 9',
            409: 'This job is running; only a finished one is redriven'
          })
        }
      }
    },
    async request => {
      const { id } = request.params
      const version = readVersion(request.body)
      const job = await findJob(api, request)
      await checkVersion(api.storage, [job.functionId], version)
      const change = await decide(api, request, 'job.redrive', () =>
        jobs.redrive(id, { now: clock.now(), version })
      )
      check(change, 'only a finished one is redriven')
      api.wakeJobs()
      return readDetail(api, request)
    }
  )
}

/** What is decided about the job of the path, which the audit notes. */
async function decide(
  api: ApiScope,
  request: FastifyRequest & JobRequest,
  action: string,
  change: () => Promise<JobChange>
): Promise<JobChange> {
  const { id, functionId, status } = await findJob(api, request)
  const target = { kind: 'job', id, functionId }
  return api.storage.audit.track(auditNote(request, action), { target, before: { status } }, change)
}

/** Nobody has to send one. */
function optionalBody(schema: TSchema): Reader {
  const read = createBodyReader(schema)
  return input => {
    const isAbsent = !(input instanceof Uint8Array) || input.length === 0
    return isAbsent ? { value: undefined } : read(input)
  }
}

/** A request whose path names a job. */
type JobRequest = Pick<FastifyRequest, 'actor'> & { readonly params: { readonly id: string } }

/** Throws NOT_FOUND; FORBIDDEN when the caller's token is not for its function. */
async function findJob({ storage }: ApiScope, request: JobRequest): Promise<JobRecord> {
  const job = await storage.jobs.find(request.params.id)
  if (job === undefined) throw notFound()
  checkFunction(request, job.functionId)
  return job
}

async function readDetail(api: ApiScope, request: JobRequest) {
  const { storage, config } = api
  const job = await findJob(api, request)
  const { id } = job
  const attempts = await storage.executions.listAttempts(id, MAX_ATTEMPTS_SHOWN)
  // One that cannot be decrypted is seen all the same.
  const call = await storage.jobs.findCall(id).catch(() => undefined)
  return {
    ...toJob(job, await maxAttempts(api, job)),
    event_json: call && (await storedEvent(call.event, config.EVENT_LIMIT)),
    attempts: attempts.map(toAttempt)
  }
}

async function maxAttempts(
  { functionCache }: ApiScope,
  { functionId }: JobRecord
): Promise<number> {
  const found = await functionCache.get(functionId)
  return (found?.fn.frontDoor?.retry ?? defaultRetry).max_attempts
}

/** Throws NOT_FOUND or CONFLICT. */
function check(change: JobChange, what: string): void {
  if (change === 'done') return
  if (change === 'missing') throw notFound()
  throw new MoonletError('CONFLICT', `This job is ${change}; ${what}`)
}

const notFound = () => new MoonletError('NOT_FOUND', 'Job not found')
