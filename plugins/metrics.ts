/**
 * `/metrics` in Prometheus' format. It tells how busy a server is and what it is used for, so it needs the API
 * key as a bearer token, from wherever it is asked: behind a proxy everybody comes from this machine.
 */
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import {
  AggregatorRegistry,
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics
} from 'prom-client'
import { Type } from 'typebox'
import { commonErrors } from '../core/http/response-schemas.js'
import '../core/contracts/server.js'
import { clockOf } from '../core/cron/clock.js'
import type { FrontDoorService } from '../core/contracts/front-door-service.js'
import type { CallNotice, Invoker } from '../core/contracts/invoker.js'
import type { Scheduler } from '../core/contracts/scheduler.js'
import type { Workers } from '../core/contracts/workers.js'

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
  description:
    'Calls, refusals, jobs, sandboxes, memory and the event loop, for a scrape by Prometheus.',
  response: {
    200: Type.String({
      contentMediaType: 'text/plain',
      description: 'One line for each metric and set of labels.'
    }),
    ...commonErrors
  }
}

export default fp(
  async function metrics(fastify) {
    const registry = new Registry()
    // CPU, memory, descriptors and garbage collection of the server process, and the delay of its event loop.
    collectDefaultMetrics({ register: registry })
    for (const name of MISNAMED) registry.removeSingleMetric(name)
    addCallMetrics(registry, fastify.invoker)
    addSandboxMetrics(registry, fastify.scheduler)
    addMemoryMetrics(registry, fastify)
    addRefusalMetrics(registry, fastify.frontDoor)
    addJobMetrics(registry, fastify)
    const read =
      fastify.workers === undefined ? () => registry.metrics() : readAll(registry, fastify.workers)

    fastify.get(
      '/metrics',
      {
        config: { scope: 'executions:read' },
        schema: description,
        onRequest: fastify.authenticate,
        serializerCompiler: () => String
      },
      async (_request, reply) =>
        reply
          .header('cache-control', 'no-store')
          .type(registry.contentType)
          .send(await read())
    )
    fastify.addHook('onClose', async () => {
      registry.clear()
    })
  },
  { name: 'metrics', dependencies: ['storage', 'invoker', 'auth', 'front-door', 'jobs'] }
)

/** Metrics of all workers of the port, each with the label `worker`, whichever of them is asked. */
function readAll(registry: Registry, workers: Workers): () => Promise<string> {
  registry.setDefaultLabels({ worker: String(workers.number) })
  workers.measureBy(() => registry.getMetricsAsJSON())
  return async () => {
    const all = await workers.gatherMetrics()
    // No two have the same labels: whatever is done with those that do, these stay as they are.
    const kept = all.map(metrics => metrics.map(metric => ({ ...metric, aggregator: 'sum' })))
    return await AggregatorRegistry.aggregate(kept).metrics()
  }
}

function addCallMetrics(registry: Registry, invoker: Invoker): void {
  const durations = new Histogram({
    name: 'moonlet_execution_duration_seconds',
    help: 'Time that runs took in their sandboxes',
    buckets: BUCKETS,
    registers: [registry]
  })
  const calls = createTally()
  const rejections = createTally()
  invoker.onCall(notice => {
    if (notice.outcome === undefined) return rejections.add(notice.refusal ?? 'UNKNOWN')
    calls.add(`${notice.trigger} ${resultOf(notice.outcome)}`)
    durations.observe(notice.outcome.durationMs / 1000)
  })

  addCounter(registry, {
    name: 'moonlet_executions_total',
    help:
      'Runs of functions, by trigger and result: success, error (a response from 400 on), ' +
      'or the kind of fault',
    labelNames: ['trigger', 'result'],
    read: () =>
      calls.entries().map(([key, count]) => {
        const [trigger = '', result = ''] = key.split(' ')
        return [{ trigger, result }, count]
      })
  })
  addCounter(registry, {
    name: 'moonlet_calls_refused_total',
    help: 'Calls that got no sandbox or no record, by reason',
    labelNames: ['reason'],
    read: () => toRows('reason', rejections.entries())
  })
}

function addRefusalMetrics(registry: Registry, frontDoor: FrontDoorService): void {
  addCounter(registry, {
    name: 'moonlet_refused_calls_total',
    help: 'Calls that the front door of a function refused, by function and reason',
    labelNames: ['function', 'reason'],
    read: () =>
      [...frontDoor.allRefused()].flatMap(([id, counts]) =>
        Object.entries(counts).map(([reason, count]) => [{ function: id, reason }, count] as const)
      )
  })
}

function addJobMetrics(
  registry: Registry,
  { storage: { jobs, shared }, jobTally }: Pick<FastifyInstance, 'storage' | 'jobTally'>
): void {
  const clock = clockOf(shared)
  addGauge(registry, {
    name: 'moonlet_jobs',
    help: 'Jobs by function and status; finished ones as long as they are kept',
    labelNames: ['function', 'status'],
    read: async () =>
      (await jobs.counts()).map(
        ({ functionId, status, total }) => [{ function: functionId, status }, total] as const
      )
  })
  addGauge(registry, {
    name: 'moonlet_jobs_oldest_seconds',
    help: 'For how long the first job of a function that waits has been due; 0: none is due',
    labelNames: ['function'],
    read: async () =>
      toRows(
        'function',
        (await jobs.due()).map(({ functionId, dueAt }) => [
          functionId,
          Math.max(0, clock.now() - dueAt) / 1000
        ])
      )
  })
  addCounter(registry, {
    name: 'moonlet_job_attempts_total',
    help: 'Attempts of jobs that have ended, by function',
    labelNames: ['function'],
    read: () => toRows('function', [...jobTally.attempts])
  })
  addCounter(registry, {
    name: 'moonlet_job_deaths_total',
    help: 'Jobs that failed for good, by function',
    labelNames: ['function'],
    read: () => toRows('function', [...jobTally.deaths])
  })
}

function addSandboxMetrics(registry: Registry, scheduler: Scheduler): void {
  addCounter(registry, {
    name: 'moonlet_host_calls_total',
    help: 'Calls of Lua APIs that the server carried out',
    labelNames: ['function'],
    read: () => toRows('function', Object.entries(scheduler.hostCalls()))
  })
  addCounter(registry, {
    name: 'moonlet_sandbox_ends_total',
    help:
      'Sandbox processes that ended: retired, by themselves (exit), or killed for a kind ' +
      'of fault',
    labelNames: ['reason'],
    read: () => toRows('reason', Object.entries(scheduler.exitCounts()))
  })
  addGauge(registry, {
    name: 'moonlet_queue_length',
    help: 'Calls that wait for a sandbox',
    labelNames: [],
    read: () => [[{}, scheduler.counts().waiting ?? 0]]
  })
  addGauge(registry, {
    name: 'moonlet_sandboxes',
    help: 'Sandbox processes, by what they are doing',
    labelNames: ['state'],
    read: () =>
      toRows(
        'state',
        Object.entries(scheduler.counts()).filter(([state]) => state !== 'waiting')
      )
  })
}

function addMemoryMetrics(
  registry: Registry,
  // Whole, since connections are added to it later.
  fastify: Pick<FastifyInstance, 'connections' | 'storage'>
): void {
  addGauge(registry, {
    name: 'moonlet_buffered_bytes',
    help: 'Request bodies and large responses that are held in memory',
    labelNames: [],
    read: () => [[{}, fastify.connections.bufferedBytes()]]
  })
  addGauge(registry, {
    name: 'moonlet_database_bytes',
    help: 'Size of the database file, and how much of that is free',
    labelNames: ['part'],
    read: async () => {
      const { bytes, freeBytes } = await fastify.storage.sizes()
      return [
        [{ part: 'used' }, bytes - freeBytes],
        [{ part: 'free' }, freeBytes]
      ]
    }
  })
  addGauge(registry, {
    name: 'moonlet_stored_bytes',
    help: 'What functions keep, by the measure of its quota: history or stored values (kv)',
    labelNames: ['kind'],
    read: async () => toRows('kind', Object.entries(await fastify.storage.usage()))
  })
}

/** A metric whose values are read when it is asked for. */
interface ReadMetric<R> {
  readonly name: string
  readonly help: string
  readonly labelNames: string[]
  readonly read: () => R
}

function addCounter(registry: Registry, { read, ...options }: ReadMetric<Rows>): void {
  registry.registerMetric(
    new Counter({
      ...options,
      registers: [],
      collect() {
        this.reset()
        for (const [labels, value] of read()) this.inc(labels, value)
      }
    })
  )
}

function addGauge(
  registry: Registry,
  { read, ...options }: ReadMetric<Rows | Promise<Rows>>
): void {
  registry.registerMetric(
    new Gauge({
      ...options,
      registers: [],
      async collect() {
        this.reset()
        for (const [labels, value] of await read()) this.set(labels, value)
      }
    })
  )
}

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
