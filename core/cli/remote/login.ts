/** `moonlet login` and `moonlet logout`: which servers are known on this machine. */
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import { Client, Refusal } from './client.js'
import { configFile, readConfig, readUrl, writeConfig } from './config.js'
import { readSecret } from './confirm.js'

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.*\.localhost)$/

/** Nothing is stored that the server does not take. */
export async function login(
  context: Context,
  address: string,
  { token }: { readonly token?: string }
): Promise<number> {
  const url = readUrl(address)
  const secret = (token ?? (await readSecret(context, `Token of ${url}: `))).trim()
  if (secret === '') throw new Failure('usage', 'A token is needed: --token, or on standard input')
  if (!/^[\x21-\x7e]+$/.test(secret)) throw new Failure('usage', 'A token has no blanks in it')
  await checkToken(new Client(url, secret))
  const { servers } = await readConfig()
  await writeConfig({ current: url, servers: { ...servers, [url]: { token: secret } } })
  const { protocol, hostname } = new URL(url)
  if (protocol === 'http:' && !LOOPBACK.test(hostname)) {
    context.terminal.note(`${url} is not encrypted: whoever listens on the way can read the token`)
  }
  context.terminal.say(`Logged in to ${url}. The token is in ${configFile()}, for you alone.`)
  context.report({ url, config: configFile() })
  return exitCodes.done
}

/** A token that may not list functions is a token all the same. */
async function checkToken(client: Client): Promise<void> {
  try {
    await client.json('/api/functions', { query: { limit: 1 } })
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 403) throw error
  }
}

export async function logout(context: Context, address: string | undefined): Promise<number> {
  const { servers, current } = await readConfig()
  const url = address === undefined ? current : readUrl(address)
  if (url === undefined || servers[url] === undefined) {
    throw new Failure('failed', `Nobody is logged in to ${url ?? 'any server'} here`)
  }
  const rest = Object.fromEntries(Object.entries(servers).filter(([known]) => known !== url))
  await writeConfig({ current: current === url ? Object.keys(rest)[0] : current, servers: rest })
  context.terminal.say(`Logged out of ${url}. The token itself is valid until it is ended there.`)
  context.report({ url })
  return exitCodes.done
}
