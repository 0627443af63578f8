/** Running many finished jobs again. */
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { clockOf } from '../../core/cron/clock.js'
import { auditNote } from '../../core/http/audit-note.js'
import type { ApiScope } from '../../core/http/conventions.js'
import { bodyErrors, errorResponses } from '../../core/http/response-schemas.js'
import { readBulk, type Bulk } from './bulk.js'
import { checkVersion } from './check-version.js'
import { Redriven } from './schema.js'

const tags = ['Jobs']

export function addRedriveOfMany(api: ApiScope): void {
  const { jobs, shared } = api.storage
  const clock = clockOf(shared)

  api.post(
    '/api/jobs/redrive',
    {
      config: { scope: 'run' },
      schema: {
        operationId: 'redriveJobs',
        tags,
        summary: 'Run many finished jobs again',
        description:
          'Those of `ids` (at most 1000), or all of `filter`: `{"status"?,"function_id"?}`, where `status` is `dead` ' +
          'unless it says `succeeded` or `cancelled`. With the active version of their functions, or with ' +
          '`version`, which all of these functions must have; beside a `filter`, this needs its `function_id`.',
        body: Type.Unknown({
          description: '`{"ids":[…],"version"?}` or `{"filter":{…},"version"?}`.',
          examples: [{ filter: { status: 'dead', function_id: 'd2c1v7h8e9k0m3n4p5q6' } }]
        }),
        response: {
          200: Redriven,
          ...bodyErrors,
          ...errorResponses({
            400: 'version: the function has no version 9'
          })
        }
      }
    },
    async request => {
      const bulk = readBulk(request.body)
      const { version } = bulk
      await checkVersion(api.storage, await functionsOf(api, bulk), version)
      const redrive = { now: clock.now(), version }
      let [redriven, skipped] = [0, 0]
      if ('filter' in bulk) redriven = await jobs.redriveAll(bulk.filter, redrive)
      else {
        const changes = await Promise.all(bulk.ids.map(id => jobs.redrive(id, redrive)))
        redriven = changes.filter(change => change === 'done').length
        skipped = changes.length - redriven
      }
      await noteRedrive(api, request, redriven)
      api.wakeJobs()
      return { redriven, skipped }
    }
  )
}

/** Of the jobs that are there. */
async function functionsOf({ storage }: ApiScope, bulk: Bulk): Promise<string[]> {
  if (bulk.version === undefined) return []
  if ('filter' in bulk) return [bulk.filter.functionId ?? '']
  const found = await Promise.all(bulk.ids.map(id => storage.jobs.find(id)))
  return found.flatMap(job => (job === undefined ? [] : [job.functionId]))
}

async function noteRedrive(api: ApiScope, request: FastifyRequest, jobs: number): Promise<void> {
  if (jobs === 0) return
  const target = { kind: 'job', name: `${jobs} jobs` }
  await api.storage.audit.add(auditNote(request, 'job.redrive'), { target, after: { jobs } })
}
