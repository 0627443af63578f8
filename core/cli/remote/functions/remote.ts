/** The functions of a server, read in few requests. */
import { Failure } from '../../failure.js'
import type { Client } from '../client.js'
import { toSettings, type Content } from './content.js'

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
  readonly id: string
  readonly name: string
  readonly etag: string
  readonly content: Content
  readonly listed: ListedFunction
}

interface Page {
  readonly functions: readonly ListedFunction[]
  readonly pagination: { readonly total: number }
}

const PAGE = 100
/** Requests at once, and how often a list that changed while it was read is read again. */
const AT_ONCE = 4
const ATTEMPTS = 5

/** All functions, the oldest first, as they were at one moment or nearly: none is missing and none is twice. */
export async function listRemote(client: Client): Promise<RemoteFunction[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const listed = await readPages(client)
    if (listed !== undefined) return listed.map(toRemote)
  }
  throw new Failure('failed', 'The functions of the server change too fast to be listed; try again')
}

/** Undefined: functions came or went meanwhile. */
async function readPages(client: Client): Promise<ListedFunction[] | undefined> {
  const first = await readPage(client, 0)
  const { total } = first.pagination
  const pages = [first]
  const offsets = Array.from(
    { length: Math.max(0, Math.ceil(total / PAGE) - 1) },
    (_, index) => (index + 1) * PAGE
  )
  for (let start = 0; start < offsets.length; start += AT_ONCE) {
    const some = offsets.slice(start, start + AT_ONCE)
    pages.push(...(await Promise.all(some.map(offset => readPage(client, offset)))))
  }
  const all = pages.flatMap(({ functions }) => functions)
  const isWhole =
    pages.every(({ pagination }) => pagination.total === total) &&
    all.length === total &&
    new Set(all.map(({ id }) => id)).size === total
  return isWhole ? all : undefined
}

async function readPage(client: Client, offset: number): Promise<Page> {
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
  return { functions, pagination }
}

const isOld = ({ etag }: ListedFunction): boolean => typeof etag !== 'string'

const toRemote = (listed: ListedFunction): RemoteFunction => ({
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
