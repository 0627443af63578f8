/** What the storage tests write. */
import { randomBytes } from 'node:crypto'
import { createIdSource } from '../../core/base/ids.js'
import type { FinishedExecution, NewExecution } from '../../core/contracts/executions.js'
import type { Storage } from '../../core/contracts/storage.js'
import type {
  AiRequestRecord,
  EmailRequestRecord,
  HttpRequestRecord,
  LogEntry
} from '../../core/contracts/records.js'

export const ids = createIdSource()
export const NOW = 1_700_000_000
export const PAGE = { limit: 20, offset: 0 }

export const bytes = (text: string): Uint8Array => Buffer.from(text)
/** So many characters that nothing can be stored in fewer bytes for. */
export const randomText = (length: number): string =>
  randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length)
export const log = (message: string, level: LogEntry['level'] = 'info'): LogEntry => ({
  level,
  message,
  createdAt: NOW
})

/** A new function; gives its id. */
export async function createFunction(
  storage: Storage,
  change: { name?: string; code?: string; description?: string; now?: number } = {}
): Promise<string> {
  const id = ids.next()
  await storage.functions.create({
    id,
    name: 'fn',
    description: undefined,
    code: 'return 1',
    now: NOW,
    ...change
  })
  return id
}

export function newExecution(
  functionId: string,
  change: Partial<NewExecution> & { version?: number } = {}
): NewExecution {
  const { version = 1, ...rest } = change
  return {
    id: ids.next(),
    functionId,
    versionId: `ver_${functionId}_v${version}`,
    trigger: 'http',
    eventJson: '{"method":"GET"}',
    createdAt: NOW,
    ...rest
  }
}

export function finished(
  execution: NewExecution,
  change: Partial<FinishedExecution> = {}
): FinishedExecution {
  return {
    ...execution,
    status: 'success',
    durationMs: 5,
    errorMessage: undefined,
    fault: undefined,
    responseJson: undefined,
    logs: [],
    ...change
  }
}

/** An execution that began and ended; gives its id. */
export async function run(
  storage: Storage,
  functionId: string,
  change: Partial<FinishedExecution> & { version?: number } = {}
): Promise<string> {
  const execution = newExecution(functionId, change)
  storage.executions.begin(execution)
  await storage.executions.finish(
    finished(execution, { ...change, versionId: execution.versionId })
  )
  return execution.id
}

export function aiRequest(
  executionId: string,
  change: Partial<AiRequestRecord> = {}
): AiRequestRecord {
  return {
    id: ids.next(),
    executionId,
    provider: 'openai',
    model: 'm',
    endpoint: 'https://ai.example/v1',
    requestJson: '{}',
    responseJson: '{"ok":true}',
    status: 'success',
    errorMessage: undefined,
    inputTokens: 1,
    outputTokens: 2,
    durationMs: 3,
    createdAt: NOW,
    ...change
  }
}

export function emailRequest(
  executionId: string,
  change: Partial<EmailRequestRecord> = {}
): EmailRequestRecord {
  return {
    id: ids.next(),
    executionId,
    from: 'a@example.org',
    to: ['"b, c" <b@example.org>', 'd@example.org'],
    subject: 's',
    hasText: true,
    hasHtml: false,
    requestJson: '{}',
    responseJson: undefined,
    status: 'error',
    errorMessage: 'no',
    emailId: undefined,
    durationMs: 3,
    createdAt: NOW,
    ...change
  }
}

export function httpRequest(
  executionId: string,
  change: Partial<HttpRequestRecord> = {}
): HttpRequestRecord {
  return {
    id: ids.next(),
    executionId,
    method: 'GET',
    url: 'https://example.org/?q=1',
    status: 'success',
    statusCode: 200,
    errorMessage: undefined,
    requestSize: 0,
    responseSize: 12,
    durationMs: 3,
    createdAt: NOW,
    ...change
  }
}
