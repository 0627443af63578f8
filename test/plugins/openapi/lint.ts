/** `npm run lint:api`: the linter on the document of a server with default settings. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { loadConfig } from '../../../config/load.js'
import { buildApp } from '../../../core/app.js'
import type { ApiDocument } from '../../../plugins/openapi/api-document.js'
import { lintDocument } from './lint-document.js'

const folder = await mkdtemp(join(tmpdir(), 'moonlet-lint-'))
const config = loadConfig({ DATA_DIR: folder, API_KEY: 'lint', LOG_LEVEL: 'silent' })
const app = await buildApp({ config, logger: pino({ level: 'silent' }) })
try {
  const document = (await app.inject('/docs/openapi.json')).json<ApiDocument>()
  const problems = await lintDocument(document)
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
} finally {
  await app.close()
  await rm(folder, { recursive: true, force: true })
}
