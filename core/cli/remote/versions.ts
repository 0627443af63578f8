/** `moonlet versions`, `activate` and `rollback`. */
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import type { Client } from './client.js'
import { connect } from './connect.js'
import { findFunction } from './functions/find.js'
import type { RemoteFunction } from './functions/remote.js'
import { sayTable, toTime } from './show.js'

interface Version {
  readonly id: string
  readonly version: number
  readonly code: string
  readonly created_at: number
  readonly is_active: boolean
  readonly created_by?: string
  readonly message?: string
  readonly commit?: string
}

const SHORT_COMMIT = 12
const PAGE = 100

export async function versions(
  context: Context,
  name: string,
  { limit }: { readonly limit: string }
): Promise<number> {
  const most = Number(limit)
  if (!Number.isInteger(most) || most < 1 || most > PAGE) {
    throw new Failure('usage', `--limit must be a whole number from 1 to ${PAGE}`)
  }
  const client = await connect()
  const { id } = await findFunction(client, name)
  const { versions: rows } = await readPage(client, id, 0, most)
  sayTable(
    context.terminal,
    ['VERSION', 'ACTIVE', 'TIME', 'BY', 'COMMIT', 'MESSAGE'],
    rows.map(row => [
      String(row.version),
      row.is_active ? 'active' : '',
      toTime(row.created_at),
      row.created_by ?? '',
      (row.commit ?? '').slice(0, SHORT_COMMIT),
      row.message ?? ''
    ])
  )
  context.report({ versions: rows.map(({ code: _code, ...rest }) => rest) })
  return exitCodes.done
}

const readPage = (client: Client, id: string, offset: number, limit = PAGE) =>
  client.json<{ versions: readonly Version[] }>(`/api/functions/${id}/versions`, {
    query: { limit, offset }
  })

export async function activate(context: Context, name: string, number: string): Promise<number> {
  if (!/^v?\d{1,15}$/.test(number)) {
    throw new Failure('usage', `"${number}" is not the number of a version`)
  }
  const client = await connect()
  const found = await findFunction(client, name)
  return activateVersion(context, client, found, Number(number.replace('v', '')))
}

/** To the newest version before the active one. */
export async function rollback(
  context: Context,
  name: string,
  { to }: { readonly to?: string }
): Promise<number> {
  if (to !== undefined) return activate(context, name, to)
  const client = await connect()
  const found = await findFunction(client, name)
  const active = found.listed.active_version?.version
  const before = await findBefore(client, found.id, active ?? 0)
  if (before === undefined) {
    throw new Failure('failed', `${found.name} has no version before ${active ?? 'its first'}`)
  }
  return activateVersion(context, client, found, before)
}

async function findBefore(client: Client, id: string, active: number): Promise<number | undefined> {
  for (let offset = 0; ; offset += PAGE) {
    const { versions: rows } = await readPage(client, id, offset)
    const before = rows.find(({ version }) => version < active)
    if (before !== undefined || rows.length < PAGE) return before?.version
  }
}

async function activateVersion(
  context: Context,
  client: Client,
  { id, name, etag, listed }: RemoteFunction,
  version: number
): Promise<number> {
  await client.json(`/api/functions/${id}/versions/ver_${id}_v${version}/activate`, {
    method: 'POST',
    headers: { 'if-match': etag }
  })
  const before = listed.active_version?.version
  context.terminal.say(`${name}: version ${version} is active (was ${before ?? 'none'})`)
  context.report({ function_id: id, version, before })
  return exitCodes.done
}
