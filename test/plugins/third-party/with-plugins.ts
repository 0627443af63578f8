/** The production app with plugins, in this process, and functions that are saved and called over HTTP. */
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import type { Test } from 'tap'
import { buildApp } from '../../../core/app.js'
import { prepareStart } from '../../../core/process/bootstrap.js'
import { API_KEY, temporaryFolder } from '../../helpers/build.js'

export const auth = { authorization: `Bearer ${API_KEY}` }

/** `plugins` as in the setting PLUGINS. */
export async function buildWith(
  t: Test,
  plugins: readonly string[],
  settings: Record<string, string> = {}
): Promise<FastifyInstance> {
  const DATA_DIR = settings.DATA_DIR ?? (await temporaryFolder(t))
  const prepared = await prepareStart({
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    API_KEY,
    SANDBOX_MAX: '8',
    DATA_DIR,
    ...settings,
    PLUGINS: plugins.join(',')
  })
  const app = await buildApp({ ...prepared, logger: pino({ level: 'silent' }) })
  t.teardown(() => app.close())
  return app
}

/** A fixture by its name. */
export const fixture = (name: string): string => `./test/fixtures/plugins/${name}.mjs`

/** Saves `handler`'s body as a function; gives its id. */
export async function save(app: FastifyInstance, body: string): Promise<string> {
  const reply = await app.inject({
    method: 'POST',
    url: '/api/functions',
    headers: auth,
    payload: { name: 'f', code: `function handler(ctx, event)\n${body}\nend` }
  })
  return reply.json<{ id: string }>().id
}

/** Saves and calls; gives the answer's status and body, and the execution's record. */
export async function runLua(
  app: FastifyInstance,
  body: string,
  headers: Record<string, string> = {}
) {
  const id = await save(app, body)
  const reply = await app.inject({ method: 'POST', url: `/fn/${id}`, headers, payload: 'sent' })
  const executions = await app.inject({ url: `/api/functions/${id}/executions`, headers: auth })
  const [record] = executions.json<{
    executions: Array<{ status: string; trigger: string; error_message?: string }>
  }>().executions
  return { id, status: reply.statusCode, body: reply.body, record }
}
