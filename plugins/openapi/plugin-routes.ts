/**
 * Routes of third-party plugins in the document. Their authors describe them or not; what is missing is filled in, and
 * what would clash with the API's own names stays with the plugin.
 */
import type { ApiDocument, Operation, Parameter } from './api-document.js'

const PREFIX = '/plugins/'
const REST = 'rest'

export const isPluginPath = (path: string): boolean => path.startsWith(PREFIX)

/** Operations with what every one of the API's has; `taken` are the ids in use. */
export function completePluginRoutes(
  paths: ApiDocument['paths'],
  taken: ReadonlySet<string>
): ApiDocument['paths'] {
  const used = new Set(taken)
  return Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path.replace('{*}', `{${REST}}`),
      Object.fromEntries(
        Object.entries(methods).map(([method, operation]) => [
          method,
          complete(operation, { method, path, used })
        ])
      )
    ])
  )
}

interface Place {
  readonly method: string
  readonly path: string
  readonly used: Set<string>
}

function complete(operation: Partial<Operation>, { method, path, used }: Place): Operation {
  const plugin = path.slice(PREFIX.length).split('/', 1)[0] ?? ''
  return {
    ...operation,
    ...(operation.parameters === undefined
      ? {}
      : { parameters: operation.parameters.map(nameRest) }),
    operationId: uniqueId(operation.operationId ?? toId(method, path), used),
    summary: operation.summary ?? `A route of the plugin '${plugin}'`,
    tags: operation.tags ?? [plugin],
    responses: operation.responses ?? { default: { description: 'What the plugin answers.' } }
  }
}

/** What a star at the end of a route stands for; OpenAPI wants a name. */
const nameRest = (parameter: Parameter): Parameter =>
  parameter.name === '*' ? { ...parameter, name: REST } : parameter

/** Such as `getPluginsVisitsBetweenFromTo`. */
function toId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(word => word !== '')
  return method + words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

function uniqueId(wanted: string, used: Set<string>): string {
  let id = wanted
  for (let count = 2; used.has(id); count++) id = `${wanted}${count}`
  used.add(id)
  return id
}
