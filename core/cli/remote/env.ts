/** `moonlet env`: the variables of a function, which no file of a project holds. */
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import { Refusal, type Client } from './client.js'
import { readSecret } from './confirm.js'
import { connect } from './connect.js'
import { findFunction } from './functions/find.js'

type Variables = Readonly<Record<string, string>>

/** How often a change is tried again that somebody else's came before. */
const ATTEMPTS = 3

export async function listEnv(
  context: Context,
  name: string,
  { values = false }: { readonly values?: boolean }
): Promise<number> {
  const { variables } = await readVariables(...(await open(name)))
  const names = Object.keys(variables).sort()
  for (const one of names) context.terminal.say(values ? `${one}=${variables[one] ?? ''}` : one)
  context.report(values ? { env_vars: variables } : { names })
  return exitCodes.done
}

export async function setEnv(
  context: Context,
  name: string,
  pairs: readonly string[]
): Promise<number> {
  const given: Record<string, string> = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const key = at === -1 ? pair : pair.slice(0, at)
    given[key] = at === -1 ? await readSecret(context, `Value of ${key}: `) : pair.slice(at + 1)
  }
  await change(name, present => ({ ...present, ...given }))
  return told(context, name, 'set', Object.keys(given))
}

export async function unsetEnv(
  context: Context,
  name: string,
  keys: readonly string[]
): Promise<number> {
  await change(name, present => {
    const missing = keys.filter(key => !Object.hasOwn(present, key))
    if (missing.length > 0) {
      throw new Failure('failed', `${name} has no variable ${missing.join(', ')}`)
    }
    return Object.fromEntries(Object.entries(present).filter(([key]) => !keys.includes(key)))
  })
  return told(context, name, 'removed', keys)
}

function told(
  { terminal, report }: Context,
  name: string,
  what: 'set' | 'removed',
  keys: readonly string[]
): number {
  terminal.say(`${name}: ${keys.join(', ')} ${what}`)
  report({ [what]: keys })
  return exitCodes.done
}

async function open(name: string): Promise<[Client, string]> {
  const client = await connect()
  return [client, (await findFunction(client, name)).id]
}

async function readVariables(client: Client, id: string) {
  const { bytes, headers } = await client.bytes(`/api/functions/${id}`)
  const { env_vars: variables } = JSON.parse(bytes.toString('utf8')) as { env_vars: Variables }
  return { variables, etag: headers.get('etag') ?? '*' }
}

/** The whole set is replaced, so what others change meanwhile must not be lost. */
async function change(name: string, apply: (present: Variables) => Variables): Promise<void> {
  const [client, id] = await open(name)
  for (let attempt = 1; ; attempt++) {
    const { variables, etag } = await readVariables(client, id)
    try {
      await client.json(`/api/functions/${id}/env`, {
        method: 'PUT',
        headers: { 'if-match': etag },
        json: { env_vars: apply(variables) }
      })
      return
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 412 || attempt === ATTEMPTS) throw error
    }
  }
}
