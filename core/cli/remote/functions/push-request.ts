/** What a push sends. */
import { Failure } from '../../failure.js'
import type { Compared } from './compare.js'
import { changedSettings, toModuleSettings, toSettings } from './content.js'
import type { Local } from './local.js'
import type { Remote } from './remote.js'

/** A function or module of the folder with the id that it has, or gets now. */
export interface Pushed {
  readonly id: string
  readonly local: Local
  readonly remote: Remote | undefined
}

/** Only what differs, held against the state that was compared with; `force` holds it against nothing. */
export function toChanges(
  pushed: readonly Pushed[],
  force: boolean
): { readonly functions: readonly object[]; readonly modules?: readonly object[] } {
  const of = (kind: Local['kind']) =>
    pushed.filter(({ local }) => local.kind === kind).map(one => toChange(one, force))
  const modules = of('module')
  return { functions: of('function'), ...(modules.length === 0 ? {} : { modules }) }
}

function toChange({ id, local, remote }: Pushed, force: boolean): object {
  const { code, settings } = local.content
  const none = local.kind === 'function' ? toSettings({}) : toModuleSettings({ name: '' })
  const change = changedSettings(remote?.content.settings ?? none, settings)
  const condition = remote === undefined ? { if_none_match: '*' } : { if_match: remote.etag }
  return {
    id,
    ...(force ? {} : condition),
    ...change,
    ...(remote?.content.code === code ? {} : { code })
  }
}

/** What was sent, as the server has it where nobody has changed it since. */
export const toSent = (id: string, { kind, name, content }: Local): Remote =>
  kind === 'function'
    ? { kind, id, name, etag: '', content, listed: { id, name, etag: '' } }
    : {
        kind,
        id,
        name,
        etag: '',
        content,
        listed: { id, name, etag: '', active_version: { version: 1, code: content.code } }
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
