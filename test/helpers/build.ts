/** The production app with test settings, in this process; it closes with its test. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import type { Test } from 'tap'
import { loadConfig } from '../../config/load.js'
import { buildApp } from '../../core/app.js'

export const API_KEY = 'test-key'

/** An empty folder that is removed when the test ends. */
export async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'moonlet-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Settings as the environment would give them, over defaults that suit a test. */
export async function build(
  t: Test,
  settings: Record<string, string> = {}
): Promise<FastifyInstance> {
  const DATA_DIR = settings.DATA_DIR ?? (await temporaryFolder(t))
  const config = loadConfig({
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    API_KEY,
    SANDBOX_MAX: '4',
    DATA_DIR,
    ...settings
  })
  const app = await buildApp({ config, logger: pino({ level: config.LOG_LEVEL }) })
  t.teardown(() => app.close())
  return app
}
