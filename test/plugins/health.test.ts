import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { build } from '../helpers/build.js'
import { eventually } from '../helpers/eventually.js'

t.test('the process is alive as soon as it answers', async t => {
  const app = await build(t)
  const { statusCode, json, headers } = await app.inject('/healthz')
  t.same([statusCode, json(), headers['cache-control']], [200, { status: 'ok' }, 'no-store'])
})

/** The answer of a check that was quick enough: on a busy machine the first one may not be. */
const readiness = (app: FastifyInstance) => async () => {
  const { statusCode, json } = await app.inject('/readyz')
  return [statusCode, json()] as unknown
}

t.test('the server is ready when it can run a function and write', async t => {
  const app = await build(t)
  await eventually(t, readiness(app), [
    200,
    { status: 'ready', checks: { storage: 'ok', sandbox: 'ok' } }
  ])
})

t.test('it is not ready when the database takes no writes', async t => {
  const app = await build(t)
  app.storage.probe = async () => {
    throw new Error('disk is full at /secret/place')
  }
  await eventually(
    t,
    readiness(app),
    [503, { status: 'not ready', checks: { storage: 'failed', sandbox: 'ok' } }],
    'and says no more to strangers'
  )
})

t.test('many who ask at once share one check', async t => {
  const app = await build(t)
  let probes = 0
  const probe = app.storage.probe
  app.storage.probe = () => {
    probes++
    return probe()
  }
  await Promise.all(Array.from({ length: 20 }, () => app.inject('/readyz')))
  t.equal(probes, 1)
})
