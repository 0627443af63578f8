/** A maintained linter on the OpenAPI document, with its strict rules. */
import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { ApiDocument } from '../../../plugins/openapi/api-document.js'

/** What the linter finds wrong, as one line each. `spec`: of the specification alone, for routes of plugins. */
export async function lintDocument(
  document: ApiDocument,
  ruleset: 'recommended-strict' | 'spec' = 'recommended-strict'
): Promise<string[]> {
  const config = await createConfig({
    extends: [ruleset],
    rules: {
      'no-identical-paths': 'error',
      'path-parameters-defined': 'error',
      'operation-operationId-unique': 'error',
      'operation-parameters-unique': 'error',
      'no-server-trailing-slash': 'error',
      ...(ruleset === 'spec' ? {} : ownRules)
    }
  })
  const problems = await lintFromString({ source: JSON.stringify(document), config })
  return problems.map(
    ({ ruleId, message, location: [at] }) => `${ruleId}: ${message} (${at?.pointer ?? ''})`
  )
}

const ownRules = {
  'operation-description': 'error',
  'parameter-description': 'error',
  'tag-description': 'error',
  'no-unused-components': 'error',
  'no-invalid-media-type-examples': 'error',
  'no-invalid-schema-examples': 'error',
  'no-invalid-parameter-examples': 'error',
  'no-duplicated-tag-names': 'error',
  'no-required-schema-properties-undefined': 'error',
  'operation-tag-defined': 'error',
  // It names the server that gave the document, which may be one on this machine.
  'no-server-example.com': 'off',
  // Nobody can be refused at /healthz and /readyz; of all others another test asks for each status that they have.
  'operation-4xx-response': 'off'
} as const
