/** `moonlet logs` and `moonlet executions`: what has run, and what it said. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from '../context.js'
import { exitCodes, Failure } from '../failure.js'
import { Refusal, type Client } from './client.js'
import { connect } from './connect.js'
import { readEvents } from './event-stream.js'
import { findFunction } from './functions/find.js'
import { listRemote } from './functions/remote.js'
import { readLogs } from './run.js'
import { logLine, sayTable, toTime, type LogEntry } from './show.js'

export interface Execution {
  readonly id: string
  readonly function_id: string
  readonly version: number
  readonly status: 'pending' | 'success' | 'error'
  readonly status_code?: number
  readonly method?: string
  readonly path?: string
  readonly duration_ms?: number
  readonly error_message?: string
  readonly trigger: string
  readonly created_at: number
}

const RETRY_MS = 2000
const AT_ONCE = 20

export async function logs(
  context: Context,
  name: string | undefined,
  { follow = false, limit }: { readonly follow?: boolean; readonly limit: string }
): Promise<number> {
  const client = await connect()
  const found = name === undefined ? undefined : await findFunction(client, name)
  const names = await namesOf(client)
  if (follow) return followLogs(context, client, { id: found?.id, names })
  const most = readCount('--limit', limit)
  const recent =
    found === undefined
      ? await latestOfAll(client, most)
      : await listExecutions(client, found.id, { limit: most })
  const shown: object[] = []
  for (const execution of [...recent].reverse()) {
    const entries = await readLogs(client, execution.id)
    sayExecution(context, execution, entries, names)
    shown.push({ ...execution, logs: entries })
  }
  context.report({ executions: shown })
  return exitCodes.done
}

async function namesOf(client: Client): Promise<ReadonlyMap<string, string>> {
  return new Map((await listRemote(client)).map(({ id, name }) => [id, name]))
}

function sayExecution(
  { terminal }: Context,
  execution: Execution,
  entries: readonly LogEntry[],
  names: ReadonlyMap<string, string>
): void {
  const {
    created_at: at,
    function_id: id,
    trigger,
    duration_ms: ms,
    error_message: fault
  } = execution
  const outcome = execution.status_code ?? execution.status
  const call = [execution.method, execution.path].filter(Boolean).join(' ')
  terminal.say(
    `${toTime(at)} ${names.get(id) ?? id} ${outcome} ${ms ?? 0} ms ${trigger} ${call}`.trimEnd(),
    'bold'
  )
  for (const entry of entries) terminal.say(`  ${logLine(entry)}`)
  for (const line of fault?.split('\n') ?? []) terminal.say(`  ${line}`, 'removed')
}

/** Goes on until it is ended, also over a restart of the server. */
async function followLogs(
  context: Context,
  client: Client,
  { id, names }: { id: string | undefined; names: ReadonlyMap<string, string> }
): Promise<number> {
  context.endWhenUnread()
  for (;;) {
    try {
      const stream = await client.stream('/api/events', {
        query: { function_id: id },
        headers: { accept: 'text/event-stream' },
        signal: new AbortController().signal
      })
      context.terminal.note('Listening; Ctrl-C ends it.')
      for await (const { event, data } of readEvents(stream)) {
        await showEvent(context, client, { event, data, names })
      }
    } catch (error) {
      if (error instanceof Refusal && error.status < 500) throw error
      context.terminal.note(
        error instanceof Failure ? error.message : client.unreachable(error).message
      )
    }
    await pause(RETRY_MS)
  }
}

async function showEvent(
  context: Context,
  client: Client,
  { event, data, names }: { event: string; data: string; names: ReadonlyMap<string, string> }
): Promise<void> {
  if (event === 'skipped') {
    const { count } = JSON.parse(data) as { count: number }
    context.terminal.note(`${count} more, too fast to be shown`)
    return
  }
  if (event !== 'execution') return
  const execution = JSON.parse(data) as Execution
  if (execution.status === 'pending') return
  const entries = await readLogs(client, execution.id)
  sayExecution(context, execution, entries, names)
  context.emit({ ...execution, logs: entries })
}

export async function executions(
  context: Context,
  name: string,
  { limit, status }: { readonly limit: string; readonly status?: string }
): Promise<number> {
  const client = await connect()
  const { id } = await findFunction(client, name)
  const rows = await listExecutions(client, id, { limit: readCount('--limit', limit), status })
  sayTable(
    context.terminal,
    ['ID', 'TIME', 'OUTCOME', 'MS', 'VERSION', 'TRIGGER', 'CALL'],
    rows.map(row => [
      row.id,
      toTime(row.created_at),
      String(row.status_code ?? row.status),
      String(row.duration_ms ?? ''),
      String(row.version),
      row.trigger,
      [row.method, row.path].filter(Boolean).join(' ')
    ])
  )
  context.report({ executions: rows })
  return exitCodes.done
}

export async function listExecutions(
  client: Client,
  id: string,
  query: { readonly limit: number; readonly status?: string | undefined }
): Promise<readonly Execution[]> {
  const page = await client.json<{ executions: readonly Execution[] }>(
    `/api/functions/${id}/executions`,
    { query }
  )
  return page.executions
}

/** The newest first. Without a list of all executions, those that each function ran last. */
async function latestOfAll(client: Client, most: number): Promise<readonly Execution[]> {
  const last = (await listRemote(client))
    .flatMap(({ id, listed }) => {
      const { last_execution: run } = listed as { last_execution?: { created_at: number } }
      return run === undefined ? [] : [{ id, at: run.created_at }]
    })
    .sort((a, b) => b.at - a.at)
    .slice(0, AT_ONCE)
  const pages = await Promise.all(last.map(({ id }) => listExecutions(client, id, { limit: most })))
  return pages
    .flat()
    .sort((a, b) => b.created_at - a.created_at || (a.id < b.id ? 1 : -1))
    .slice(0, most)
}

function readCount(option: string, text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 100) return count
  throw new Failure('usage', `${option} must be a whole number from 1 to 100`)
}
