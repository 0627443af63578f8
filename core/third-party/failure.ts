/** The one message that a plugin's failure stops the start with: which plugin, which file, what happened. */
import { MoonletError } from '../base/errors.js'

/** Why a plugin's module could not be imported, in words that say where themselves. */
export class ImportProblem extends Error {
  override name = 'ImportProblem'
}

export interface FailingPlugin {
  /** Its own name, or what PLUGINS calls it while that is not known. */
  readonly name: string
  readonly file?: string | undefined
  /** What ends the message: how to start without the plugin. */
  readonly remedy?: string | undefined
}

/** What `pluginFailure` makes: it names the plugin already. */
export class PluginFailure extends MoonletError {}

export function pluginFailure(
  { name, file, remedy }: FailingPlugin,
  what: string,
  cause?: unknown
): PluginFailure {
  const where = file === undefined || file === name ? '' : ` (${file})`
  const why = cause === undefined ? '' : `: ${describe(cause)}`
  const end = remedy === undefined ? '' : `; ${remedy}`
  const message = `The plugin '${name}'${where} ${what}${why}${end}`
  return new PluginFailure('PLUGIN_FAILED', message, { cause })
}

/** The message, with the place it comes from when the stack tells. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const frames =
    cause.name === 'MoonletError' || cause instanceof ImportProblem
      ? []
      : Array.from(
          (cause.stack ?? '').matchAll(/^\s+at (?:.*\()?(\S+:\d+:\d+)\)?$/gm),
          ([, place]) => place
        )
  const place = frames.find(frame => frame?.startsWith('node:') === false)
  return place === undefined ? cause.message : `${cause.message} (at ${place})`
}
