/** Versions of a function's code, as the API shows them. */
import { Type } from 'typebox'
import { MoonletError } from '../../../core/base/errors.js'
import type { VersionRecord } from '../../../core/contracts/records.js'

export const versionExample = {
  id: 'ver_d2c1v7h8e9k0m3n4p5q6_v1',
  function_id: 'd2c1v7h8e9k0m3n4p5q6',
  version: 1,
  code: "function handler(ctx, event)\n  return { statusCode = 200, body = 'hello' }\nend\n",
  created_at: 1767225600,
  is_active: true,
  created_by: 'deploy',
  message: 'Greets in the evening too',
  commit: '9fceb02d0ae598e95dc970b74767f19372d61af8'
}

export const Version = Type.Object(
  {
    id: Type.String(),
    function_id: Type.String(),
    version: Type.Integer({
      minimum: 1,
      description: 'Counts from 1; never used twice within one function.'
    }),
    code: Type.String(),
    created_at: Type.Integer({ description: 'Unix seconds.' }),
    is_active: Type.Boolean({ description: 'The one that runs.' }),
    created_by: Type.Optional(
      Type.String({
        description:
          'The name of the token that made it, `api_key`, or `session` (the dashboard). Absent ' +
          'in versions of before this field.'
      })
    ),
    message: Type.Optional(Type.String({ description: 'Why it was made.' })),
    commit: Type.Optional(
      Type.String({ description: 'The commit of a repository that it comes from.' })
    )
  },
  { title: 'Version', examples: [versionExample] }
)

export const toVersion = (record: VersionRecord) => ({
  id: record.id,
  function_id: record.functionId,
  version: record.version,
  code: record.code,
  created_at: record.createdAt,
  is_active: record.isActive,
  created_by: record.createdBy,
  message: record.message,
  commit: record.commit
})

/**
 * The whole number that a path names; 0, which no version has, for one beyond all. Throws VALIDATION when it is none;
 * `name` is that of one of several in the path.
 */
export function readVersionNumber(text: string, name = ''): number {
  if (!/^[+-]?\d+$/.test(text)) {
    throw new MoonletError('VALIDATION', `Invalid version number ${name}`.trimEnd())
  }
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : 0
}
