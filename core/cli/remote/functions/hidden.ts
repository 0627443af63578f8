/** Functions that are not for this token: what is missing in its list of the server need not be gone. */
import { createIdSource } from '../../../base/ids.js'
import { Refusal, type Client } from '../client.js'
import { eachOf } from '../files.js'
import type { Compared } from './compare.js'

const AT_ONCE = 8

/** The same, those hidden that the token is not for. One request at most where the token is for all functions. */
export async function markHidden(
  client: Client,
  compared: readonly Compared[]
): Promise<readonly Compared[]> {
  const missing = compared.flatMap(({ remote, local }) =>
    remote === undefined && local?.id !== undefined ? [local.id] : []
  )
  // A token for all functions is told of an id that nobody has that there is no such function.
  if (missing.length === 0 || !(await isHidden(client, createIdSource().next()))) return compared
  const hidden = new Set<string>()
  await eachOf(missing, AT_ONCE, async id => {
    if (await isHidden(client, id)) hidden.add(id)
  })
  return compared.map(one =>
    one.remote === undefined && hidden.has(one.local?.id ?? '')
      ? { ...one, difference: 'hidden' }
      : one
  )
}

async function isHidden(client: Client, id: string): Promise<boolean> {
  try {
    await client.json(`/api/functions/${id}`)
    return false
  } catch (error) {
    if (error instanceof Refusal && [403, 404].includes(error.status)) return error.status === 403
    throw error
  }
}

/** Names of those that are hidden. */
export const hiddenOf = (compared: readonly Compared[]): string[] =>
  compared.filter(({ difference }) => difference === 'hidden').map(({ name }) => name)

export const hiddenWords = (name: string): string =>
  `${name} is not visible to this token, which is for some functions only; it is left as it is`
