/** Running code as a function without saving it. */
import { isUtf8 } from 'node:buffer'
import { Type } from 'typebox'
import { bodyErrors, errorResponses } from '../../../core/http/response-schemas.js'
import { readCallChain } from '../../../core/http/read-call-chain.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { HttpCaller } from '../../../core/connections/caller.js'
import { toText } from '../../../core/base/binary.js'
import type { Answer, Outcome } from '../../../core/contracts/invocation.js'
import type { VersionRecord } from '../../../core/contracts/records.js'
import type { FunctionWithVersion } from '../../../core/contracts/functions.js'
import { checkCode } from '../../../core/validation/function-fields.js'
import { checkModuleName, type WhyReserved } from '../../../core/validation/module-change.js'
import { refuse } from '../../../core/validation/text.js'
import { reservedBy } from '../modules/revision.js'
import { LogLine, toLogLine } from '../executions/detail-schema.js'
import { ErrorDetail, toErrorDetail } from '../executions/schema.js'
import { findFunction } from '../find-function.js'
import { FunctionId } from '../functions/schema.js'
import { versionExample } from '../versions/schema.js'
import { DraftEvent, readDraftEvent } from './draft-event.js'
import { limitExamples } from '../../../core/base/limit-texts.js'

/** A draft may change so many modules at once. */
const MAX_MODULES = 100

const DraftResult = Type.Object(
  {
    status_code: Type.Optional(
      Type.Integer({ description: 'Absent after a failed run, as are headers and body.' })
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]))
    ),
    body: Type.Optional(Type.String()),
    body_base64: Type.Optional(
      Type.String({ description: 'Instead of `body`, when it is no text.' })
    ),
    logs: Type.Array(LogLine),
    duration_ms: Type.Integer({ minimum: 0 }),
    error: Type.Optional(
      Type.Object(
        {
          ...ErrorDetail.properties,
          text: Type.String({ description: 'For people: with the place in the code and advice.' })
        },
        { title: 'DraftError' }
      )
    )
  },
  {
    title: 'DraftResult',
    examples: [
      {
        status_code: 200,
        headers: { 'Content-Type': 'application/json' },
        body: 'hello',
        logs: [],
        duration_ms: 2
      }
    ]
  }
)

const Draft = Type.Object(
  {
    code: Type.Optional(
      Type.String({
        description:
          'As for a new function. Left out beside `modules`, it is that of the active version.'
      })
    ),
    modules: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description:
          'Code of shared modules by their names, which this run uses in the place of what is stored.'
      })
    ),
    event: Type.Optional(DraftEvent)
  },
  {
    examples: [
      {
        code: versionExample.code,
        event: {
          method: 'POST',
          path: '/users',
          query: { page: '2' },
          headers: { 'X-Note': 'n' },
          body: '{}'
        }
      }
    ]
  }
)

export function addDraftRoute(api: ApiScope): void {
  api.post(
    '/api/functions/:id/draft',
    {
      config: { scope: 'run' },
      schema: {
        operationId: 'runDraft',
        tags: ['Runs'],
        summary: 'Run code without saving it',
        description:
          'As this function, with its variables and stored values, which the code may change. ' +
          'Leaves no version and no execution.',
        params: Type.Object({ id: FunctionId }),
        body: Draft,
        response: {
          200: DraftResult,
          ...bodyErrors,
          ...errorResponses({
            400: 'code: code cannot be empty',
            404: 'Function not found',
            503: limitExamples.queueFull
          })
        }
      }
    },
    async (request, reply) => {
      const { event } = request.body
      const drafts = readModules(request.body.modules, reservedBy(api.lua))
      if (drafts === undefined) checkCode(request.body.code ?? '')
      const found = await findFunction(api.storage, request.params.id)
      const code = request.body.code ?? found.active?.code ?? ''
      checkCode(code)
      const modules = await api.storage.modules.resolve(code, drafts)
      const outcome = await api.invoker.invoke({
        fn: found.fn,
        version: { ...toDraftVersion(found, code), modules },
        trigger: 'draft',
        event: { ...readDraftEvent(found.fn.id, event), details: { ip: request.ip } },
        requestId: request.id,
        record: false,
        caller: new HttpCaller(request.raw, reply.raw, readCallChain(request))
      })
      return toDraftResult(outcome)
    }
  )
}

/** Throws VALIDATION for a module that cannot be. */
function readModules(
  modules: Readonly<Record<string, string>> | undefined,
  whyReserved: WhyReserved
): ReadonlyMap<string, string> | undefined {
  if (modules === undefined) return undefined
  const all = new Map(Object.entries(modules))
  if (all.size > MAX_MODULES) refuse('modules', `modules must have at most ${MAX_MODULES} entries`)
  for (const [name, code] of all) {
    checkModuleName(name, whyReserved)
    checkCode(code)
  }
  return all
}

const toDraftVersion = ({ fn, active }: FunctionWithVersion, code: string): VersionRecord => ({
  id: `ver_${fn.id}_draft`,
  functionId: fn.id,
  version: active?.version ?? 1,
  code,
  createdAt: Math.floor(Date.now() / 1000),
  isActive: false
})

function toDraftResult({ answer, fault, errorMessage, logs, durationMs }: Outcome) {
  return {
    ...(answer === undefined ? {} : toResponseFields(answer)),
    logs: logs.map(toLogLine),
    duration_ms: durationMs,
    error:
      fault === undefined
        ? undefined
        : { ...toErrorDetail(fault), text: errorMessage ?? fault.message }
  }
}

function toResponseFields({ statusCode, headers, body }: Answer) {
  const typed = Object.keys(headers).some(name => name.toLowerCase() === 'content-type')
  const own = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === 'string' ? toText(value) : value.map(toText)
  ])
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return {
    status_code: statusCode,
    headers: {
      ...(typed ? {} : { 'Content-Type': 'application/json' }),
      ...(Object.fromEntries(own) as Record<string, string | string[]>)
    },
    ...(isUtf8(bytes)
      ? { body: bytes.toString('utf8') }
      : { body_base64: bytes.toString('base64') })
  }
}
