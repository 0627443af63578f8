/** `POST /api/check`: code is parsed and not run. */
import { Type } from 'typebox'
import { bodyErrors, errorResponses } from '../../../core/http/response-schemas.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { HttpCaller } from '../../../core/connections/caller.js'
import { checkCodeLength } from '../../../core/validation/function-fields.js'
import { limitExamples } from '../../../core/base/limit-texts.js'

const Checked = Type.Object(
  {
    ok: Type.Boolean(),
    error: Type.Optional(
      Type.Object(
        {
          message: Type.String(),
          line: Type.Optional(Type.Integer({ minimum: 1 })),
          column: Type.Optional(Type.Integer({ minimum: 1 }))
        },
        { description: 'Only when `ok` is false.' }
      )
    )
  },
  {
    title: 'SyntaxCheck',
    examples: [
      { ok: false, error: { message: "main:3: 'end' expected near <eof>", line: 3, column: 1 } }
    ]
  }
)

export function addCheckRoute(api: ApiScope): void {
  api.post(
    '/api/check',
    {
      config: { scope: 'functions:read', reach: 'nothing' },
      schema: {
        operationId: 'checkSyntax',
        tags: ['Runs'],
        summary: 'Check the syntax of code',
        description: 'By the parser that runs it; nothing is run.',
        body: Type.Object(
          { code: Type.String({ description: 'Lua; may be empty.' }) },
          { examples: [{ code: 'function handler(ctx, event)\n  return {}\n' }] }
        ),
        response: {
          200: Checked,
          ...bodyErrors,
          ...errorResponses({ 503: limitExamples.queueFull })
        }
      }
    },
    async ({ body, raw }, reply) => {
      checkCodeLength(body.code)
      const fault = await api.invoker.check(body.code, new HttpCaller(raw, reply.raw))
      if (fault === undefined) return { ok: true }
      const { message, line, column } = fault
      return { ok: false, error: { message, line, column } }
    }
  )
}
