/** `/api/alerts`. */
import { Type } from 'typebox'
import { MoonletError } from '../../core/base/errors.js'
import type { AlertRule } from '../../core/contracts/alerts.js'
import { auditNote } from '../../core/http/audit-note.js'
import type { ApiScope } from '../../core/http/conventions.js'
import { cutPage, PageQuery } from '../../core/http/pagination.js'
import {
  bodyErrors,
  changeErrors,
  commonErrors,
  errorResponses,
  NoContent
} from '../../core/http/response-schemas.js'
import { refuse } from '../../core/validation/text.js'
import type { AlertBook } from './alert-book.js'
import { toAuditState, toAuditTarget } from './audit.js'
import type { AlertDelivery } from './delivery.js'
import { readRule } from './fields.js'
import type { RuleWatch } from './rule-watch.js'
import { Alert, AlertChange, AlertId, AlertPage, NewAlert, TestResult, toAlert } from './schema.js'

const tags = ['Alerts']
const access = { scope: 'settings' } as const
const params = Type.Object({ id: AlertId })
const missing = errorResponses({ 404: 'Alert not found' })
const wrongField = errorResponses({
  400: 'threshold: threshold must be a whole number from 1 to 1000'
})

export interface AlertRoutes {
  readonly book: AlertBook
  readonly delivery: AlertDelivery
}

export function addAlertRoutes(api: ApiScope, alerts: AlertRoutes): void {
  addReads(api, alerts)
  addCreation(api, alerts)
  addChanges(api, alerts)
  addTest(api, alerts)
}

function addReads(api: ApiScope, { book }: AlertRoutes): void {
  api.get(
    '/api/alerts',
    {
      config: access,
      schema: {
        operationId: 'listAlerts',
        tags,
        summary: 'List alerts',
        description: 'The oldest first.',
        querystring: Type.Object({
          ...PageQuery,
          function_id: Type.Optional(
            Type.String({ maxLength: 100, description: 'Only alerts of this function alone.' })
          )
        }),
        response: {
          200: AlertPage,
          ...errorResponses({
            400: 'function_id: function_id cannot be longer than 100 characters'
          }),
          ...commonErrors
        }
      }
    },
    async ({ query }) => {
      const { function_id: id = '' } = query
      const all = book.list().filter(({ rule }) => id === '' || rule.functionId === id)
      const { rows, pagination } = cutPage(all, query)
      return { alerts: rows.map(toAlert), pagination }
    }
  )

  api.get(
    '/api/alerts/:id',
    {
      config: access,
      schema: {
        operationId: 'getAlert',
        tags,
        summary: 'Read an alert',
        description: 'With how it stands and why its last message could not be delivered.',
        params,
        response: { 200: Alert, ...missing, ...commonErrors }
      }
    },
    async request => toAlert(find(book, request.params.id))
  )
}

function addCreation(api: ApiScope, alerts: AlertRoutes): void {
  api.post(
    '/api/alerts',
    {
      config: access,
      schema: {
        operationId: 'createAlert',
        tags,
        summary: 'Make an alert',
        description:
          'Somebody is told when its condition holds, and when that is over. `name`, `on` and `target` are needed.',
        body: NewAlert,
        response: {
          201: Alert,
          ...bodyErrors,
          ...wrongField,
          ...errorResponses({ 409: 'There are 200 alerts, which is the most' })
        }
      }
    },
    async (request, reply) => {
      const rule = await checked(api, alerts, readRule(request.body))
      const watch = await api.storage.audit.track(
        auditNote(request, 'alert.create'),
        { target: toAuditTarget(rule), after: toAuditState(rule) },
        () => alerts.book.create(rule)
      )
      reply.code(201)
      return toAlert(watch)
    }
  )
}

function addChanges(api: ApiScope, alerts: AlertRoutes): void {
  const { book } = alerts
  api.put(
    '/api/alerts/:id',
    {
      config: access,
      schema: {
        operationId: 'updateAlert',
        tags,
        summary: 'Change an alert',
        description:
          'Fields that are left out stay as they are; `target` is given whole, and what is shown of its secrets ' +
          'stands for those that are kept. An empty `function_id` means all functions.',
        params,
        body: AlertChange,
        response: { 200: Alert, ...bodyErrors, ...wrongField, ...missing }
      }
    },
    async request => {
      const { id } = request.params
      const watch = find(book, id)
      const rule = await checked(api, alerts, readRule(request.body, watch.rule))
      const changed = await book.update(watch, rule)
      if (changed === undefined) throw notFound()
      // Not in the transaction of the change, which waits for what is being stored of this rule.
      await api.storage.audit.add(auditNote(request, 'alert.update'), {
        target: toAuditTarget(rule, id),
        before: toAuditState(watch.rule),
        after: toAuditState(rule)
      })
      return toAlert(changed)
    }
  )

  api.delete(
    '/api/alerts/:id',
    {
      config: access,
      schema: {
        operationId: 'deleteAlert',
        tags,
        summary: 'Delete an alert',
        description: 'What it has still to tell is not told.',
        params,
        response: { 204: NoContent('Deleted.'), ...missing, ...changeErrors }
      }
    },
    async (request, reply) => {
      const { rule, id } = find(book, request.params.id)
      const wasThere = await api.storage.audit.track(
        auditNote(request, 'alert.delete'),
        { target: toAuditTarget(rule, id), before: toAuditState(rule) },
        () => book.remove(id)
      )
      if (!wasThere) throw notFound()
      return reply.code(204).send()
    }
  )
}

function addTest(api: ApiScope, { book, delivery }: AlertRoutes): void {
  api.post(
    '/api/alerts/:id/test',
    {
      config: access,
      schema: {
        operationId: 'testAlert',
        tags,
        summary: 'Send a test message of an alert',
        description: 'Once, and at once; the state of the alert stays as it is.',
        params,
        response: { 200: TestResult, ...missing, ...changeErrors }
      }
    },
    async request => {
      const watch = find(book, request.params.id)
      try {
        const jobId = await delivery.sendTest(watch)
        return { sent: true, job_id: jobId }
      } catch (error) {
        return { sent: false, error: error instanceof Error ? error.message : 'it failed' }
      }
    }
  )
}

/** Throws VALIDATION for what cannot work: a function that is not there, mail without its settings. */
async function checked(
  { storage }: ApiScope,
  { delivery }: AlertRoutes,
  rule: AlertRule
): Promise<AlertRule> {
  const { functionId, target } = rule
  if (functionId !== undefined && (await storage.functions.find(functionId)) === undefined) {
    refuse('function_id', `there is no function ${functionId}`)
  }
  if (target.kind === 'function' && !(await storage.functions.find(target.functionId))) {
    refuse('target', `target.function_id: there is no function ${target.functionId}`)
  }
  if (target.kind === 'mail' && delivery.mailProblem !== undefined) {
    refuse('target', delivery.mailProblem)
  }
  return rule
}

function find(book: AlertBook, id: string): RuleWatch {
  const watch = book.find(id)
  if (watch === undefined) throw notFound()
  return watch
}

const notFound = () => new MoonletError('NOT_FOUND', 'Alert not found')
