/** `moonlet env`: the variables of a function, which no file of a project holds, or, with `--shared`, those of all. */
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import { Refusal, type Client } from './client.js'
import { readSecret } from './confirm.js'
import { connect } from './connect.js'
import { findFunction } from './functions/find.js'

type Variables = Readonly<Record<string, string>>

export interface EnvOptions {
  readonly shared?: boolean
}

/** A set of variables: where it is read and where it is changed. */
interface Place {
  readonly client: Client
  readonly path: string
  readonly envPath: string
  /** What it is called. */
  readonly name: string
}

/** How often a change is tried again that somebody else's came before. */
const ATTEMPTS = 3

export async function listEnv(
  context: Context,
  args: readonly string[],
  { values = false, ...options }: EnvOptions & { readonly values?: boolean }
): Promise<number> {
  if (args.length > (options.shared === true ? 0 : 1)) throw wanted('', options)
  const [place] = await open(args, options, '')
  const { variables, shared } = await readVariables(place)
  const names = Object.keys(variables).sort()
  for (const one of names) context.terminal.say(values ? `${one}=${variables[one] ?? ''}` : one)
  const inherited = shared?.filter(name => !Object.hasOwn(variables, name))
  if (inherited?.length) context.terminal.note(`Shared by all functions: ${inherited.join(', ')}`)
  const own = values ? { env_vars: variables } : { names }
  context.report(inherited === undefined ? own : { ...own, shared: inherited })
  return exitCodes.done
}

export async function setEnv(
  context: Context,
  args: readonly string[],
  options: EnvOptions
): Promise<number> {
  const [place, pairs] = await open(args, options, '<variables...>')
  const given: Record<string, string> = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    const key = at === -1 ? pair : pair.slice(0, at)
    given[key] = at === -1 ? await readSecret(context, `Value of ${key}: `) : pair.slice(at + 1)
  }
  await change(place, present => ({ ...present, ...given }))
  return told(context, place, 'set', Object.keys(given))
}

export async function unsetEnv(
  context: Context,
  args: readonly string[],
  options: EnvOptions
): Promise<number> {
  const [place, keys] = await open(args, options, '<variables...>')
  await change(place, present => {
    const missing = keys.filter(key => !Object.hasOwn(present, key))
    if (missing.length > 0) {
      const what = options.shared === true ? 'There is no shared' : `${place.name} has no`
      throw new Failure('failed', `${what} variable ${missing.join(', ')}`)
    }
    return Object.fromEntries(Object.entries(present).filter(([key]) => !keys.includes(key)))
  })
  return told(context, place, 'removed', keys)
}

function told(
  { terminal, report }: Context,
  { name }: Place,
  what: 'set' | 'removed',
  keys: readonly string[]
): number {
  terminal.say(`${name}: ${keys.join(', ')} ${what}`)
  report({ [what]: keys })
  return exitCodes.done
}

/** What is meant, and the arguments behind the function's name. */
async function open(
  args: readonly string[],
  options: EnvOptions,
  rest: string
): Promise<[Place, readonly string[]]> {
  const { shared = false } = options
  const given = shared ? args : args.slice(1)
  const [name] = args
  if ((!shared && name === undefined) || (rest !== '' && given.length === 0)) {
    throw wanted(rest, options)
  }
  const client = await connect()
  if (shared || name === undefined) {
    return [{ client, path: '/api/env', envPath: '/api/env', name: 'shared' }, given]
  }
  const path = `/api/functions/${(await findFunction(client, name)).id}`
  return [{ client, path, envPath: `${path}/env`, name }, given]
}

const wanted = (rest: string, { shared = false }: EnvOptions): Failure =>
  new Failure(
    'usage',
    shared
      ? `Wanted: ${rest === '' ? 'no argument beside --shared' : rest}`
      : `Wanted: ${['<function>', rest].join(' ').trim()}, or --shared without a function`
  )

async function readVariables({ client, path }: Place) {
  const { bytes, headers } = await client.bytes(path)
  const { env_vars: variables, shared } = JSON.parse(bytes.toString('utf8')) as {
    env_vars: Variables
    shared?: readonly string[]
  }
  return { variables, shared, etag: headers.get('etag') ?? '*' }
}

/** The whole set is replaced, so what others change meanwhile must not be lost. */
async function change(place: Place, apply: (present: Variables) => Variables): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { variables, etag } = await readVariables(place)
    try {
      await place.client.json(place.envPath, {
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
