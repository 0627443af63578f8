/** Listens where the settings say; gives the address. A server that cannot is ended before the error is thrown. */
import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/schema.js'
import { endFailedStart } from './failed-start.js'

export async function listen(
  app: FastifyInstance,
  { PORT: port, HOST: host }: Pick<Config, 'PORT' | 'HOST'>
): Promise<string> {
  try {
    return await app.listen({ port, host })
  } catch (error) {
    await endFailedStart(app)
    throw error
  }
}
