/**
 * `/metrics` in Prometheus' format. It tells how busy a server is and what it is used for, so it needs the API
 * key as a bearer token, from wherever it is asked: behind a proxy everybody comes from this machine.
 */
import fp from 'fastify-plugin'
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import { Type } from 'typebox'
import { commonFailures } from '../core/http/response-schemas.js'
import '../core/contracts/server.js'
import type { CallNotice } from '../core/contracts/invoker.js'

/** Seconds, from a warm function to the longest run by default. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** Gauges of prom-client's with the ending of counters; the ones without it say the same, by type. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total'
]

const description = {
  operationId: 'getMetrics',
  tags: ['Server'],
  summary: 'Metrics in the format of Prometheus',
  response: {
    200: Type.String({
      contentMediaType: 'text/plain',
      description: 'One line for each metric and set of labels.'
    }),
    ...commonFailures
  }
}

export default fp(
  async function metrics(fastify) {
    const { invoker, scheduler, storage } = fastify
    const registry = new Registry()
    // CPU, memory, descriptors and garbage collection of the server process, and the delay of its event loop.
    collectDefaultMetrics({ register: registry })
    for (const name of MISNAMED) registry.removeSingleMetric(name)
    const registers = [registry]

    const durations = new Histogram({
      name: 'moonlet_execution_duration_seconds',
      help: 'Time that runs took in their sandboxes',
      buckets: BUCKETS,
      registers
    })
    const calls = createTally()
    const refusals = createTally()
    invoker.onCall(notice => {
      if (notice.outcome === undefined) return refusals.add(notice.refusal ?? 'UNKNOWN')
      calls.add(`${notice.trigger} ${resultOf(notice.outcome)}`)
      durations.observe(notice.outcome.durationMs / 1000)
    })

    counter(
      'moonlet_executions_total',
      'Runs of functions, by trigger and result: success, error (an answer from 400 on), or the kind of fault',
      ['trigger', 'result'],
      () =>
        calls.entries().map(([key, count]) => {
          const [trigger = '', result = ''] = key.split(' ')
          return [{ trigger, result }, count]
        })
    )
    counter(
      'moonlet_calls_refused_total',
      'Calls that got no sandbox or no record, by reason',
      ['reason'],
      () => toRows('reason', refusals.entries())
    )
    counter(
      'moonlet_host_calls_total',
      'Calls of Lua APIs that the server carried out',
      ['function'],
      () => toRows('function', Object.entries(scheduler.hostCalls()))
    )
    counter(
      'moonlet_sandbox_ends_total',
      'Sandbox processes that ended: retired, by themselves (exit), or killed for a kind of fault',
      ['reason'],
      () => toRows('reason', Object.entries(scheduler.exitCounts()))
    )
    gauge('moonlet_queue_length', 'Calls that wait for a sandbox', [], () => [
      [{}, scheduler.counts().waiting ?? 0]
    ])
    gauge('moonlet_sandboxes', 'Sandbox processes, by what they are doing', ['state'], () =>
      toRows(
        'state',
        Object.entries(scheduler.counts()).filter(([state]) => state !== 'waiting')
      )
    )
    gauge(
      'moonlet_buffered_bytes',
      'Request bodies and large answers that are held in memory',
      [],
      () => [[{}, fastify.connections.bufferedBytes()]]
    )
    gauge(
      'moonlet_database_bytes',
      'Size of the database file, and how much of that is free',
      ['part'],
      async () => {
        const { bytes, freeBytes } = await storage.sizes()
        return [
          [{ part: 'used' }, bytes - freeBytes],
          [{ part: 'free' }, freeBytes]
        ]
      }
    )

    gauge(
      'moonlet_stored_bytes',
      'What functions keep, by the measure of its quota: history or stored values (kv)',
      ['kind'],
      async () => toRows('kind', Object.entries(await storage.usage()))
    )

    fastify.get(
      '/metrics',
      { schema: description, onRequest: fastify.authenticate, serializerCompiler: () => String },
      async (_request, reply) =>
        reply
          .header('cache-control', 'no-store')
          .type(registry.contentType)
          .send(await registry.metrics())
    )
    fastify.addHook('onClose', async () => {
      registry.clear()
    })

    /** A metric whose values are read when it is asked for. */
    function counter(name: string, help: string, labelNames: string[], read: () => Rows): void {
      registry.registerMetric(
        new Counter({
          name,
          help,
          labelNames,
          registers: [],
          collect() {
            this.reset()
            for (const [labels, value] of read()) this.inc(labels, value)
          }
        })
      )
    }

    function gauge(
      name: string,
      help: string,
      labelNames: string[],
      read: () => Rows | Promise<Rows>
    ): void {
      registry.registerMetric(
        new Gauge({
          name,
          help,
          labelNames,
          registers: [],
          async collect() {
            this.reset()
            for (const [labels, value] of await read()) this.set(labels, value)
          }
        })
      )
    }
  },
  { name: 'metrics', dependencies: ['storage', 'invoker', 'auth'] }
)

type Rows = Array<readonly [labels: Readonly<Record<string, string>>, value: number]>

const toRows = (label: string, entries: Array<[string, number]>): Rows =>
  entries.map(([name, count]) => [{ [label]: name }, count])

const resultOf = ({ answer, fault }: NonNullable<CallNotice['outcome']>): string =>
  fault?.kind ?? ((answer?.statusCode ?? 500) >= 400 ? 'error' : 'success')

/** Counts by key, cheaper than a library's labels on the way of every call. */
function createTally() {
  const counts = new Map<string, number>()
  return {
    add(key: string): void {
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    entries: (): Array<[string, number]> => [...counts]
  }
}
