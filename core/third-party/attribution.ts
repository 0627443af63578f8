/**
 * Whose code is running: what a plugin starts (its import, its `start`, its hooks, routes and Lua functions, and
 * every timer, promise and socket that comes of these) carries its name, so that an error nobody catches can be
 * told apart from one of the server's own.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface PluginIdentity {
  /** Its own name, or what PLUGINS calls it while that is not known. */
  name: string
  /** Path of its module, once known. */
  file?: string
}

const running = new AsyncLocalStorage<PluginIdentity>()
const known: PluginIdentity[] = []

/** The folder that this program's own code lies in. */
const ownFolder = fileURLToPath(new URL('../../', import.meta.url))

/** Does the work, and all that it begins, in the plugin's name. */
export function inNameOf<T>(plugin: PluginIdentity, work: () => T): T {
  return running.run(plugin, work)
}

/** Wraps a function of the plugin that the server will call. */
export const ofPlugin =
  <A extends readonly unknown[], R>(plugin: PluginIdentity, fn: (...args: A) => R) =>
  (...args: A): R =>
    running.run(plugin, fn, ...args)

/** Does the server's own work, on a plugin's behalf but not in its name. */
export const inOwnName = <T>(work: () => T): T => running.exit(work)

/** From now on an error is also attributed to the plugin by its file. */
export function notePlugin(plugin: PluginIdentity): void {
  known.push(plugin)
}

/**
 * The plugin that an error nobody caught came from; undefined when it is the server's own. To be called where the
 * process is told of the error.
 */
export function findCulprit(
  error: unknown,
  kind: 'exception' | 'rejection'
): PluginIdentity | undefined {
  const places = placesOf(error)
  const byPlace = known.find(
    ({ file }) => file !== undefined && places.some(place => belongsTo(place, file))
  )
  if (byPlace !== undefined) return byPlace
  // The server's own code, thrown out of its own callback, is the server's fault no matter who began the chain.
  if (kind === 'exception' && places[0]?.startsWith(ownFolder) === true) return undefined
  return running.getStore()
}

/** The files of its stack, innermost first, without Node's own. */
function placesOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const places = Array.from(
    stack.matchAll(/^\s+at (?:.*\()?(\S+?):\d+:\d+\)?$/gm),
    ([, place]) => place ?? ''
  )
  return places
    .filter(place => !place.startsWith('node:'))
    .map(place => (place.startsWith('file:') ? fileURLToPath(place) : place))
}

/** In the file itself or beside it, unless that is where the server's own code lies. */
function belongsTo(place: string, file: string): boolean {
  const folder = `${dirname(file)}/`
  return (
    place === file ||
    (place.startsWith(folder) && !ownFolder.startsWith(folder) && !folder.startsWith(ownFolder))
  )
}
