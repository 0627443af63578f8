/** Running many finished jobs again. */
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { clockOf } from '../../core/cron/clock.js'
import { auditNote } from '../../core/http/audit-note.js'
import type { ApiScope } from '../../core/http/conventions.js'
import { bodyErrors } from '../../core/http/response-schemas.js'
import { readBulk } from './bulk.js'
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
          'unless it says `succeeded` or `cancelled`. With the active version of their functions.',
        body: Type.Unknown({
          description: '`{"ids":[…]}` or `{"filter":{…}}`.',
          examples: [{ filter: { status: 'dead', function_id: 'd2c1v7h8e9k0m3n4p5q6' } }]
        }),
        response: { 200: Redriven, ...bodyErrors }
      }
    },
    async request => {
      const bulk = readBulk(request.body)
      const redrive = { now: clock.now() }
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

async function noteRedrive(api: ApiScope, request: FastifyRequest, jobs: number): Promise<void> {
  if (jobs === 0) return
  const target = { kind: 'job', name: `${jobs} jobs` }
  await api.storage.audit.add(auditNote(request, 'job.redrive'), { target, after: { jobs } })
}
