/** The servers that work on the same data. */
import { availableParallelism, hostname, loadavg } from 'node:os'
import { Type, type Static } from 'typebox'
import { moonletVersion } from '../../../core/base/version.js'
import type { NodeFigures, NodeRecord } from '../../../core/contracts/shared-work.js'
import type { ApiScope } from '../../../core/http/conventions.js'
import { commonErrors } from '../../../core/http/response-schemas.js'

const Node = Type.Object(
  {
    id: Type.Integer({ description: 'Its number, which no other server gets. 1 on SQLite.' }),
    this: Type.Boolean({ description: 'Whether it gave this answer.' }),
    status: Type.Union([Type.Literal('up'), Type.Literal('gone')], {
      description: '`gone`: it died without taking leave; shown for a day.'
    }),
    host: Type.String({ description: 'Name of its machine.' }),
    port: Type.Optional(Type.Integer({ description: 'Where it listens.' })),
    pid: Type.Optional(Type.Integer({ description: 'Of its process.' })),
    version: Type.String({ description: 'Of Moonlet.' }),
    started_at: Type.Integer({ description: 'Unix seconds.' }),
    seen_at: Type.Integer({
      description: 'When it was heard of last; Unix seconds by the clock of the database.'
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
            load: 0.42,
            cores: 8,
            memory: 188743680,
            sandboxes: { busy: 1, idle: 6, unbound: 2, starting: 0, waiting: 0 },
            changes_behind: 0,
            clock_ahead_ms: 1
          }
        ]
      }
    ]
  }
)

export function addNodesRoute(api: ApiScope): void {
  const { scheduler, storage, server } = api
  const figures = (): NodeFigures => {
    const address = server.address()
    return {
      ...(typeof address === 'object' && address !== null ? { port: address.port } : {}),
      pid: process.pid,
      cores: availableParallelism(),
      load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
      memory: process.memoryUsage.rss(),
      sandboxes: { ...scheduler.counts() }
    }
  }
  const { nodes } = storage.shared ?? {}
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
  skewMs: undefined,
  behind: undefined,
  figures: undefined
})

const toNode = (
  { id, isThis, isAlive, host, version, startedAt, seenAt, skewMs, behind }: NodeRecord,
  figures: NodeFigures | undefined
): Static<typeof Node> => ({
  id,
  this: isThis,
  status: isAlive ? 'up' : 'gone',
  host,
  version,
  started_at: startedAt,
  seen_at: Math.floor(seenAt / 1000),
  ...figures,
  ...(behind === undefined ? {} : { changes_behind: behind }),
  ...(skewMs === undefined ? {} : { clock_ahead_ms: skewMs })
})
