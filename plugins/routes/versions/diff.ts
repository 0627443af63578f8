/** `GET …/diff/…`: two versions of a function, line by line. */
import { Type } from 'typebox'
import { commonErrors, errorResponses } from '../../../core/http/response-schemas.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { MoonletError } from '../../../core/base/errors.js'
import { diffVersions } from './version-diff.js'
import { FunctionId } from '../functions/schema.js'
import { readVersionNumber } from './schema.js'

export const Diff = Type.Object(
  {
    old_version: Type.Integer(),
    new_version: Type.Integer(),
    diff: Type.Array(
      Type.Object({
        line_type: Type.Enum(['unchanged', 'removed', 'added']),
        old_line: Type.Optional(
          Type.Integer({ minimum: 1, description: 'In the old text; absent for an added line.' })
        ),
        new_line: Type.Optional(
          Type.Integer({ minimum: 1, description: 'In the new text; absent for a removed line.' })
        ),
        content: Type.String({ description: 'The line without its newline.' })
      })
    )
  },
  {
    title: 'Diff',
    examples: [
      {
        old_version: 1,
        new_version: 2,
        diff: [
          {
            line_type: 'unchanged',
            old_line: 1,
            new_line: 1,
            content: 'function handler(ctx, event)'
          },
          { line_type: 'removed', old_line: 2, content: "  return { body = 'one' }" },
          { line_type: 'added', new_line: 2, content: "  return { body = 'two' }" }
        ]
      }
    ]
  }
)

export function addDiffRoute(api: ApiScope): void {
  const { storage } = api

  api.get(
    '/api/functions/:id/diff/:v1/:v2',
    {
      config: { scope: 'functions:read' },
      schema: {
        operationId: 'diffVersions',
        tags: ['Versions'],
        summary: 'Compare two versions line by line',
        description:
          'All lines in reading order; within a changed block the removed ones come first. A ' +
          'missing final newline is ignored.',
        params: Type.Object({
          id: FunctionId,
          v1: Type.String({ description: 'Number of the old version.', examples: ['1'] }),
          v2: Type.String({
            description: 'Number of the new version; may be less than `v1`.',
            examples: ['2']
          })
        }),
        response: {
          200: Diff,
          ...errorResponses({ 400: 'Invalid version number v1', 404: 'Version v1 not found' }),
          ...commonErrors
        }
      }
    },
    ({ params }) => readDiff(params, number => storage.versions.find(params.id, number))
  )
}

interface Compared {
  readonly version: number
  readonly code: string
}

/** Throws VALIDATION for what is no number, and NOT_FOUND. */
export async function readDiff(
  { v1, v2 }: { readonly v1: string; readonly v2: string },
  find: (version: number) => Promise<Compared | undefined>
) {
  const numbers = [readVersionNumber(v1, 'v1'), readVersionNumber(v2, 'v2')] as const
  const before = await readVersion(numbers[0], 'v1')
  const after = await readVersion(numbers[1], 'v2')
  return {
    old_version: before.version,
    new_version: after.version,
    diff: diffVersions(before.code, after.code)
  }

  async function readVersion(number: number, name: string): Promise<Compared> {
    const version = await find(number)
    if (version === undefined) throw new MoonletError('NOT_FOUND', `Version ${name} not found`)
    return version
  }
}
