/** Prints the README's table of Lua APIs, from the declarations of a server with a new database. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { loadConfig } from '../../config/load.js'
import { buildApp } from '../../core/app.js'
import { readmeTable } from './readme-table.js'

const folder = await mkdtemp(join(tmpdir(), 'moonlet-table-'))
try {
  const config = loadConfig({ DATA_DIR: folder, API_KEY: 'unused', LOG_LEVEL: 'silent', PORT: '0' })
  const app = await buildApp({ config, logger: pino({ level: 'silent' }) })
  await app.ready()
  process.stdout.write(`${readmeTable(app.lua.modules())}\n`)
  await app.close()
} finally {
  await rm(folder, { recursive: true, force: true })
}
