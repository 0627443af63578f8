/** The functions and shared modules of a server, read in few requests. */
import { Failure } from '../../failure.js'
import { Refusal, type Client } from '../client.js'
import { toModuleSettings, toSettings, type Content } from './content.js'

interface ListedVersion {
  readonly version: number
  readonly code: string
  readonly commit?: string
  readonly created_by?: string
  readonly message?: string
}

export interface ListedFunction {
  readonly id: string
  readonly name: string
  readonly slug?: string
  readonly etag: string
  readonly env_names?: readonly string[]
  readonly active_version?: ListedVersion
  readonly [field: string]: unknown
}

export interface RemoteFunction {
  readonly kind: 'function'
  readonly id: string
  readonly name: string
  readonly etag: string
  readonly content: Content
  readonly listed: ListedFunction
}

export interface ListedModule {
  readonly id: string
  readonly name: string
  readonly etag: string
  readonly description?: string
  readonly active_version: ListedVersion
  /** Modules have none. */
  readonly slug?: undefined
}

export interface RemoteModule {
  readonly kind: 'module'
  readonly id: string
  readonly name: string
  readonly etag: string
  readonly content: Content
  readonly listed: ListedModule
}

/** What a push changes. */
export type Remote = RemoteFunction | RemoteModule

interface Page {
  readonly functions: readonly ListedFunction[]
  readonly pagination: { readonly total: number }
}

const PAGE = 100
/** Requests at once, and how often a list that changed while it was read is read again. */
const AT_ONCE = 4
const ATTEMPTS = 5

/** All functions, the oldest first, as they were at one moment or nearly: none is missing and none is twice. */
export const listRemote = async (client: Client): Promise<RemoteFunction[]> =>
  (await listAll('functions', offset => readPage(client, offset))).map(toRemote)

/** The same of modules; none where the server is older than they are. */
export async function listRemoteModules(client: Client): Promise<RemoteModule[]> {
  const read = async (offset: number) => {
    const page = await client.json<{
      readonly modules: readonly ListedModule[]
      readonly pagination: { readonly total: number }
    }>('/api/modules', { query: { limit: PAGE, offset, sort: 'created_at', order: 'asc' } })
    return { rows: page.modules, total: page.pagination.total }
  }
  try {
    return (await listAll('modules', read)).map(toRemoteModule)
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return []
    throw error
  }
}

interface Rows<T> {
  readonly rows: readonly T[]
  readonly total: number
}

async function listAll<T extends { readonly id: string }>(
  what: string,
  read: (offset: number) => Promise<Rows<T>>
): Promise<readonly T[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const listed = await readPages(read)
    if (listed !== undefined) return listed
  }
  throw new Failure('failed', `The ${what} of the server change too fast to be listed; try again`)
}

/** Undefined: some came or went meanwhile. */
async function readPages<T extends { readonly id: string }>(
  read: (offset: number) => Promise<Rows<T>>
): Promise<readonly T[] | undefined> {
  const first = await read(0)
  const { total } = first
  const pages = [first]
  const offsets = Array.from(
    { length: Math.max(0, Math.ceil(total / PAGE) - 1) },
    (_, index) => (index + 1) * PAGE
  )
  for (let start = 0; start < offsets.length; start += AT_ONCE) {
    const some = offsets.slice(start, start + AT_ONCE)
    pages.push(...(await Promise.all(some.map(read))))
  }
  const all = pages.flatMap(({ rows }) => rows)
  const isWhole =
    pages.every(page => page.total === total) &&
    all.length === total &&
    new Set(all.map(({ id }) => id)).size === total
  return isWhole ? all : undefined
}

async function readPage(client: Client, offset: number): Promise<Rows<ListedFunction>> {
  const page = await client.json<Partial<Page>>('/api/functions', {
    query: { limit: PAGE, offset, sort: 'created_at', order: 'asc', with_env_names: true }
  })
  const { functions, pagination } = page
  if (!Array.isArray(functions) || pagination === undefined || functions.some(isOld)) {
    throw new Failure(
      'unreachable',
      `${client.url} is no Moonlet server of version 0.2 or newer: its list of functions has no tags`
    )
  }
  return { rows: functions, total: pagination.total }
}

const isOld = ({ etag }: ListedFunction): boolean => typeof etag !== 'string'

const toRemoteModule = (listed: ListedModule): RemoteModule => ({
  kind: 'module',
  id: listed.id,
  name: listed.name,
  etag: listed.etag,
  content: { code: listed.active_version.code, settings: toModuleSettings(listed) },
  listed
})

const toRemote = (listed: ListedFunction): RemoteFunction => ({
  kind: 'function',
  id: listed.id,
  name: listed.name,
  etag: listed.etag,
  content: { code: listed.active_version?.code ?? '', settings: toSettings(listed) },
  listed
})

/** The one function that an id, a slug or a name means. */
export function pickRemote(all: readonly RemoteFunction[], wanted: string): RemoteFunction {
  const exact = all.find(({ id, listed }) => id === wanted || listed.slug === wanted)
  if (exact !== undefined) return exact
  const named = all.filter(({ name }) => name === wanted)
  const [found] = named
  if (found === undefined) {
    throw new Failure('failed', `The server has no function with the id, slug or name "${wanted}"`)
  }
  if (named.length > 1) {
    throw new Failure(
      'failed',
      `${named.length} functions are called "${wanted}"; name one by its id: ` +
        named.map(({ id }) => id).join(', ')
    )
  }
  return found
}
