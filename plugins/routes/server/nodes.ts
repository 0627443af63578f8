/** The servers that work on the same data. */
import { hostname } from 'node:os'
import { Type, type Static } from 'typebox'
import { moonletVersion } from '../../../core/base/version.js'
import type { NodeFigures, NodeRecord } from '../../../core/contracts/shared-work.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { commonErrors } from '../../../core/http/response-schemas.js'
import { createFigures } from './node-figures.js'

const Node = Type.Object(
  {
    id: Type.Integer({ description: 'Its number, which no other server gets. 1 on SQLite.' }),
    this: Type.Boolean({ description: 'Whether it gave this answer.' }),
    status: Type.Union([Type.Literal('up'), Type.Literal('gone')], {
      description:
        '`gone`: it died without taking leave; shown for a day, the newest twenty, and forgotten after a week.'
    }),
    host: Type.String({ description: 'Name of its machine.' }),
    port: Type.Optional(Type.Integer({ description: 'Where it listens.' })),
    pid: Type.Optional(Type.Integer({ description: 'Of its process.' })),
    version: Type.String({ description: 'Of Moonlet.' }),
    started_at: Type.Integer({ description: 'Unix seconds.' }),
    seen_at: Type.Integer({
      description: 'When it was heard of last; Unix seconds by the clock of the database.'
    }),
    seen_ms_ago: Type.Integer({
      minimum: 0,
      description:
        'How long ago that was, by the clock of the database; a server that is well says so every 3 seconds.'
    }),
    leads: Type.Boolean({
      description: 'Whether it does what one does for all: schedules, alerts, retention.'
    }),
    load: Type.Optional(
      Type.Number({ description: 'Processes of its machine that want a core, over a minute.' })
    ),
    cores: Type.Optional(Type.Integer({ description: 'Of its machine.' })),
    memory: Type.Optional(Type.Integer({ description: 'Bytes of the server process.' })),
    sandboxes: Type.Optional(
      Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
        description: 'How many, by what they are doing; `waiting` are calls.'
      })
    ),
    sandbox_max: Type.Optional(Type.Integer({ description: 'How many sandboxes there may be.' })),
    calls_per_second: Type.Optional(
      Type.Number({ minimum: 0, description: 'Calls that ended, on average over some seconds.' })
    ),
    event_loop_delay_ms: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'The longest that its event loop was late within the last seconds.'
      })
    ),
    changes_behind: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'Changes of functions and variables that it did not know of when it was heard of.'
      })
    ),
    clock_ahead_ms: Type.Optional(
      Type.Integer({
        description: "By how much its clock is ahead of the database's, with the way there."
      })
    )
  },
  { title: 'Node' }
)

const Nodes = Type.Object(
  {
    database: Type.Union([Type.Literal('sqlite'), Type.Literal('postgresql')]),
    nodes: Type.Array(Node)
  },
  {
    title: 'Nodes',
    examples: [
      {
        database: 'postgresql',
        nodes: [
          {
            id: 12,
            this: true,
            status: 'up',
            host: 'app-1',
            port: 3000,
            pid: 811,
            version: '0.1.0',
            started_at: 1767225600,
            seen_at: 1767229200,
            seen_ms_ago: 1200,
            leads: true,
            load: 0.42,
            cores: 8,
            memory: 188743680,
            sandboxes: { busy: 1, idle: 6, unbound: 2, starting: 0, waiting: 0 },
            sandbox_max: 128,
            calls_per_second: 12.4,
            event_loop_delay_ms: 3,
            changes_behind: 0,
            clock_ahead_ms: 1
          }
        ]
      }
    ]
  }
)

export function addNodesRoute(api: ApiScope): void {
  const { nodes } = api.storage.shared ?? {}
  const figures = createFigures(api, nodes !== undefined)
  nodes?.describe(figures)

  api.get(
    '/api/nodes',
    {
      config: { scope: 'executions:read', reach: 'everything' },
      schema: {
        operationId: 'listNodes',
        tags: ['Server'],
        summary: 'List the servers on the same data',
        description:
          'Each with its version, load and sandboxes, as it said some seconds ago. On SQLite there is this one.',
        response: { 200: Nodes, ...commonErrors }
      }
    },
    async () =>
      nodes === undefined
        ? { database: 'sqlite' as const, nodes: [toNode(onlyNode(), figures())] }
        : {
            database: 'postgresql' as const,
            // Of itself it knows how it is now.
            nodes: (await nodes.list()).map(node =>
              toNode(node, node.isThis ? figures() : node.figures)
            )
          }
  )
}

const onlyNode = (): NodeRecord => ({
  id: 1,
  isThis: true,
  isAlive: true,
  host: hostname(),
  version: moonletVersion,
  startedAt: Math.floor(Date.now() / 1000 - process.uptime()),
  seenAt: Date.now(),
  ageMs: 0,
  isLeading: true,
  skewMs: undefined,
  behind: undefined,
  figures: undefined
})

const toNode = (
  { id, isThis, isAlive, isLeading, host, version, startedAt, ...seen }: NodeRecord,
  figures: NodeFigures | undefined
): Static<typeof Node> => ({
  id,
  this: isThis,
  status: isAlive ? 'up' : 'gone',
  host,
  version,
  started_at: startedAt,
  seen_at: Math.floor(seen.seenAt / 1000),
  seen_ms_ago: seen.ageMs,
  leads: isLeading,
  ...(figures === undefined ? {} : toFields(figures)),
  ...(seen.behind === undefined ? {} : { changes_behind: seen.behind }),
  ...(seen.skewMs === undefined ? {} : { clock_ahead_ms: seen.skewMs })
})

const toFields = ({
  sandboxMax,
  callsPerSecond,
  eventLoopDelayMs,
  ...figures
}: NodeFigures): Partial<Static<typeof Node>> => ({
  ...figures,
  ...(sandboxMax === undefined ? {} : { sandbox_max: sandboxMax }),
  ...(callsPerSecond === undefined ? {} : { calls_per_second: callsPerSecond }),
  ...(eventLoopDelayMs === undefined ? {} : { event_loop_delay_ms: eventLoopDelayMs })
})
