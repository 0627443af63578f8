/** What ends a push before anything is sent, and so before anything is changed. */
import type { Context } from '../../context.js'
import { Failure } from '../../failure.js'
import type { Client } from '../client.js'
import { eachOf } from '../files.js'
import { findSyntaxError } from './check-syntax.js'
import type { Compared } from './compare.js'
import { hiddenOf, hiddenWords } from './hidden.js'
import type { Sync } from './sync.js'

const AT_ONCE = 8
/** What is smaller is not worth the question how much the server takes. */
const SMALL_BYTES = 64 * 1024

/** Folders that cannot be read. */
export function refuseProblems({ local }: Sync, names: readonly string[]): void {
  const ours = local.problems.filter(
    problem => names.length === 0 || names.some(name => problem.startsWith(`${name}:`))
  )
  if (ours.length > 0) throw new Failure('failed', ours.join('\n'), { problems: ours })
}

/** Whoever names a function wants it pushed; of all, those that the token is not for are left out. */
export function refuseHidden(
  { terminal }: Context,
  { compared }: Sync,
  names: readonly string[]
): void {
  const hidden = hiddenOf(compared)
  if (hidden.length === 0) return
  if (names.length > 0) {
    throw new Failure(
      'refused',
      `Nothing was pushed: this token is for some functions only, and not for ${hidden.join(', ')}`,
      { not_visible: hidden }
    )
  }
  for (const name of hidden) terminal.note(hiddenWords(name))
}

/** Code that cannot run is not sent, but for functions that are disabled: nothing calls them. */
export async function checkSyntax(
  { terminal }: Context,
  client: Client,
  changed: readonly Compared[]
): Promise<void> {
  const codes = changed.flatMap(({ local, remote }) =>
    local === undefined || local.content.code === remote?.content.code ? [] : [local]
  )
  const refused: string[] = []
  let done = 0
  await eachOf(codes, AT_ONCE, async local => {
    const problem = await findSyntaxError(client, local)
    terminal.progress('Checking', ++done, codes.length)
    if (problem === undefined) return
    if (local.content.settings.disabled === true) terminal.note(problem)
    else refused.push(problem)
  })
  if (refused.length === 0) return
  const problems = refused.sort()
  throw new Failure('failed', `Nothing was pushed:\n${problems.join('\n')}`, { problems })
}

/** What is larger than the server takes is refused as a whole; that is better said before it is sent. */
export async function checkSize(client: Client, push: object, what: string): Promise<void> {
  const bytes = Buffer.byteLength(JSON.stringify(push))
  if (bytes <= SMALL_BYTES) return
  const { limits } = await client.json<{ limits: { body_limit: number } }>('/api/status')
  if (bytes <= limits.body_limit) return
  throw new Failure(
    'failed',
    `Nothing was pushed: the changes of ${what} are ${bytes} bytes, and ` +
      `${client.url} takes ${limits.body_limit} bytes at once. Name functions to push fewer at once, or raise ` +
      'its setting BODY_LIMIT.',
    { bytes, body_limit: limits.body_limit }
  )
}
