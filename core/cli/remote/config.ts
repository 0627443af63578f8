/** The servers that `moonlet login` knows, with their tokens, in a file for this user alone. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../base/make-folder.js'
import { writePrivateFile } from '../../base/private-file.js'
import { Failure } from '../failure.js'

export interface LoginConfig {
  /** URL of the server that is meant where none is named. */
  readonly current: string | undefined
  readonly servers: Readonly<Record<string, { readonly token: string }>>
}

export function configFile(): string {
  const base = process.env.XDG_CONFIG_HOME
  return join(
    base === undefined || base === '' ? join(homedir(), '.config') : base,
    'moonlet',
    'config.json'
  )
}

export async function readConfig(): Promise<LoginConfig> {
  const file = configFile()
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new Failure('failed', `${file} cannot be read (${String(error.code)})`)
  })
  if (text === undefined) return { current: undefined, servers: {} }
  try {
    return readServers(JSON.parse(text))
  } catch {
    throw new Failure(
      'failed',
      `${file} is not what "moonlet login" writes; remove it and log in again`
    )
  }
}

function readServers(value: unknown): LoginConfig {
  const { current, servers } = value as { current?: unknown; servers: object }
  const known = Object.entries(servers).map(([url, server]: [string, { token: unknown }]) => {
    if (typeof server.token !== 'string') throw new Error('a token is no text')
    return [url, { token: server.token }] as const
  })
  return {
    current: typeof current === 'string' ? current : undefined,
    servers: Object.fromEntries(known)
  }
}

export async function writeConfig(config: LoginConfig): Promise<void> {
  const file = configFile()
  makeFolder(dirname(file))
  await writePrivateFile(file, `${JSON.stringify(config, null, 2)}\n`)
}

/** The URL as it is stored and compared: without a slash at its end. Throws a Failure for what is none. */
export function readUrl(text: string): string {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`
  let url: URL
  try {
    url = new URL(withScheme)
  } catch {
    throw new Failure('usage', `"${text}" is not a URL such as https://functions.example.org`)
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Failure('usage', `"${text}": a server's URL begins with https:// or http://`)
  }
  if (url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new Failure('usage', `"${text}": a server's URL has no user, query or fragment`)
  }
  return url.href.replace(/\/+$/, '')
}
