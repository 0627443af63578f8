/** What the API tells of schedules: when a function runs next, and whether a schedule can be read. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import '../../../core/contracts/server.js'
import { bodyErrors, commonErrors, errorResponses } from '../../../core/http/response-schemas.js'
import { apiScope } from '../../../core/http/conventions.js'
import { clockOf } from '../../../core/cron/clock.js'
import { humanizeNextRun } from '../../../core/cron/humanize.js'
import { nextRuns, parseSchedule, type Schedule } from '../../../core/cron/schedule.js'
import type { FunctionRecord } from '../../../core/contracts/records.js'
import { MoonletError } from '../../../core/base/errors.js'

/** Times shown ahead. */
const AHEAD = 5

const Times = Type.Array(Type.Integer(), {
  maxItems: AHEAD,
  description:
    'The next times it is due, Unix seconds; fewer when there are no more within five years.'
})

const NextRun = Type.Object(
  {
    has_schedule: Type.Boolean(),
    cron_schedule: Type.Optional(Type.String()),
    cron_status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('paused')])),
    is_paused: Type.Optional(
      Type.Boolean({ description: 'Present, and true, when the schedule is not active.' })
    ),
    next_run: Type.Optional(
      Type.Integer({
        description: 'Unix seconds; absent when it is paused or not due within five years.'
      })
    ),
    next_run_human: Type.Optional(
      Type.String({ description: 'How far away that is, in words, rounded down.' })
    ),
    next_runs: Type.Optional(Times)
  },
  {
    title: 'NextRun',
    examples: [
      {
        has_schedule: true,
        cron_schedule: '0 * * * *',
        cron_status: 'active',
        next_run: 1767225600,
        next_run_human: 'in 12 minutes',
        next_runs: [1767225600, 1767229200, 1767232800, 1767236400, 1767240000]
      }
    ]
  }
)

const Checked = Type.Object(
  {
    ok: Type.Boolean(),
    next_runs: Type.Optional(Times),
    error: Type.Optional(Type.String({ description: 'What is wrong with the schedule.' }))
  },
  {
    title: 'ScheduleCheck',
    examples: [{ ok: false, error: 'minute: 60 is out of range (0 to 59)' }]
  }
)

export default async function cronRoutes(fastify: FastifyInstance) {
  const api = apiScope(fastify)
  const clock = clockOf(fastify.storage.shared)

  api.get(
    '/api/functions/:id/next-run',
    {
      config: { scope: 'functions:read' },
      schema: {
        operationId: 'getNextRun',
        summary: 'When a function runs next by its schedule',
        description:
          'A preview of the stored schedule; nothing is due while it is paused ' +
          'or the function is disabled.',
        tags: ['Schedules'],
        params: Type.Object({ id: Type.String({ description: 'Id of the function.' }) }),
        response: {
          200: NextRun,
          ...commonErrors,
          ...errorResponses({ 404: 'Function not found' })
        }
      }
    },
    async request => {
      const found = await fastify.storage.functions.find(request.params.id)
      if (found === undefined) throw new MoonletError('NOT_FOUND', 'Function not found')
      return toNextRun(found.fn, clock.now())
    }
  )

  api.post(
    '/api/cron/check',
    {
      config: { scope: 'functions:read', reach: 'nothing' },
      schema: {
        operationId: 'checkSchedule',
        summary: 'Read a schedule without saving it',
        description:
          'Five fields: minute, hour, day of month, month, weekday; a leading `TZ=Zone ` names its time zone.',
        tags: ['Schedules'],
        body: Type.Object(
          { schedule: Type.String() },
          { examples: [{ schedule: 'TZ=Europe/Berlin 30 4 * * MON-FRI' }] }
        ),
        response: { 200: Checked, ...bodyErrors }
      }
    },
    async request => {
      const read = readSchedule(request.body.schedule)
      return 'error' in read
        ? { ok: false, error: read.error }
        : { ok: true, next_runs: nextRuns(read.schedule, clock.now(), AHEAD) }
    }
  )
}

/** `now` in Unix milliseconds. */
function toNextRun({ cronSchedule, cronStatus }: FunctionRecord, now: number) {
  if (cronSchedule === undefined || cronSchedule === '') return { has_schedule: false }
  const known = { has_schedule: true, cron_schedule: cronSchedule, cron_status: cronStatus }
  if (cronStatus !== 'active') return { ...known, is_paused: true }
  const read = readSchedule(cronSchedule)
  const runs = 'error' in read ? [] : nextRuns(read.schedule, now, AHEAD)
  const [first] = runs
  return {
    ...known,
    ...(first === undefined
      ? {}
      : { next_run: first, next_run_human: humanizeNextRun(first, now) }),
    next_runs: runs
  }
}

function readSchedule(text: string): { schedule: Schedule } | { error: string } {
  try {
    return { schedule: parseSchedule(text) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}
