/** From what the routes' schemas say to a document that is pleasant to read and to generate clients from. */
import type { FastifyInstance } from 'fastify'
import type { ApiDocument, Content, Operation, Schema } from './api-document.js'
import { describeCalls, failure } from './calls.js'
import { completePluginRoutes, isPluginPath } from './plugin-routes.js'

export interface Addresses {
  /** Of the management API, without a trailing slash. */
  readonly api: string
  /** Where functions answer. */
  readonly functions: string
}

/** Moves every schema with a title to the components, leaving references; adds servers and how functions are called. */
export function toDocument(
  generated: ReturnType<FastifyInstance['swagger']>,
  { api, functions }: Addresses
): ApiDocument {
  // Through JSON, which is what it will be: the schemas' own objects stay as they are.
  const document = JSON.parse(JSON.stringify(generated)) as ApiDocument
  const schemas: Record<string, Schema> = {}
  const [own, others] = partition(document.paths)
  const paths = mapOperations(nameSchemas(own, schemas) as ApiDocument['paths'], tidy)
  const calls = describeCalls(functions === api ? undefined : functions)
  const ids = new Set([paths, calls].flatMap(operationsOf).map(({ operationId }) => operationId))
  const all = { ...paths, ...calls, ...completePluginRoutes(mapOperations(others, tidy), ids) }
  return {
    ...document,
    servers: [{ url: api }],
    tags: chaptersOf(document.tags, all),
    paths: all,
    components: {
      ...document.components,
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
    }
  }
}

/** The known chapters that have something in them, then those that plugins brought along. */
function chaptersOf(known: ApiDocument['tags'], paths: ApiDocument['paths']): ApiDocument['tags'] {
  const used = new Set(operationsOf(paths).flatMap(({ tags }) => tags))
  const more = [...used]
    .filter(name => !known.some(chapter => chapter.name === name))
    .map(name => ({ name, description: '' }))
  return [...known.filter(({ name }) => used.has(name)), ...more]
}

const operationsOf = (paths: ApiDocument['paths']): Operation[] =>
  Object.values(paths).flatMap(methods => Object.values(methods))

/** The API's own paths, and those of plugins. */
function partition(
  paths: ApiDocument['paths']
): [own: ApiDocument['paths'], others: ApiDocument['paths']] {
  const entries = Object.entries(paths)
  return [
    Object.fromEntries(entries.filter(([path]) => !isPluginPath(path))),
    Object.fromEntries(entries.filter(([path]) => isPluginPath(path)))
  ]
}

const mapOperations = (
  paths: ApiDocument['paths'],
  change: (operation: Operation) => Operation
): ApiDocument['paths'] =>
  Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, operation]) => [method, change(operation)])
      )
    ])
  )

/**
 * Sets right what the generator cannot know: parameters with a default need not be given, a response that is no JSON
 * says so in its schema, and a path with a parameter may be one that cannot be read.
 */
const tidy = ({ parameters, responses, ...operation }: Operation): Operation => ({
  ...operation,
  ...(parameters === undefined
    ? {}
    : {
        parameters: parameters.map(parameter => ({
          ...parameter,
          required: parameter.required === true && parameter.schema.default === undefined
        }))
      }),
  responses: Object.fromEntries(
    Object.entries({
      ...(parameters?.some(parameter => parameter.in === 'path') ? brokenPath : {}),
      ...responses
    }).map(([status, response]) => [status, tidyResponse(response)])
  )
})

const brokenPath: Operation['responses'] = {
  400: failure(
    'The path cannot be read.',
    'The path has a broken percent escape; write a literal % as %25'
  ) as Content
}

const tidyResponse = ({ content, description, ...response }: Content): Content => ({
  ...response,
  description: description === 'Default Response' ? 'Done.' : (description ?? ''),
  ...(content === undefined
    ? {}
    : {
        content: Object.fromEntries(
          Object.entries(content).map(([type, media]) => [
            media.schema.contentMediaType ?? type,
            media
          ])
        )
      })
})

function nameSchemas(node: unknown, schemas: Record<string, Schema>): unknown {
  if (Array.isArray(node)) return node.map(part => nameSchemas(part, schemas))
  if (typeof node !== 'object' || node === null) return node
  const walked = Object.fromEntries(
    Object.entries(node).map(([name, part]) => [
      name,
      name === 'example' || name === 'examples' ? part : nameSchemas(part, schemas)
    ])
  )
  if (typeof walked.title !== 'string') return walked
  const { examples, ...schema } = walked as { title: string; examples?: unknown }
  const known = schemas[schema.title]
  if (known !== undefined && !isSameSchema(known, schema)) {
    throw new Error(`Two different schemas of the API are called '${schema.title}'`)
  }
  schemas[schema.title] = { ...known, ...schema, ...(examples === undefined ? {} : { examples }) }
  return { $ref: `#/components/schemas/${schema.title}` }
}

function isSameSchema(known: Schema, schema: Schema): boolean {
  const { examples, ...rest } = known as Schema & { examples?: unknown }
  return JSON.stringify(rest) === JSON.stringify(schema)
}
