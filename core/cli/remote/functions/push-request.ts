/** What a push sends. */
import { Failure } from '../../failure.js'
import type { Compared } from './compare.js'
import { changedSettings, toSettings } from './content.js'
import type { LocalFunction } from './local.js'
import type { RemoteFunction } from './remote.js'

/** A function of the folder with the id that it has, or gets now. */
export interface PushedFunction {
  readonly id: string
  readonly local: LocalFunction
  readonly remote: RemoteFunction | undefined
}

/** Only what differs, held against the state that was compared with; `force` holds it against nothing. */
export function toChange({ id, local, remote }: PushedFunction, force: boolean): object {
  const { code, settings } = local.content
  const present = remote?.content.settings ?? toSettings({})
  const change = changedSettings(present, settings)
  const condition = remote === undefined ? { if_none_match: '*' } : { if_match: remote.etag }
  return {
    id,
    ...(force ? {} : condition),
    ...change,
    ...(remote?.content.code === code ? {} : { code })
  }
}

/** Values of variables are secrets more often than not: they are neither compared nor sent. */
export function checkVariables(functions: readonly Compared[]): void {
  for (const { local, name } of functions) {
    const valued = Object.entries(local?.file?.env_vars ?? {}).filter(([, value]) => value !== null)
    const [first] = valued
    if (first === undefined) continue
    throw new Failure(
      'failed',
      `${name}: function.json has the value of the variable ${first[0]}, which a push does not send. ` +
        `Put null in its place, and set it with: moonlet env set ${name} ${first[0]}=…`
    )
  }
}
