/**
 * What the dashboard's pages show besides the history: many versions, stored values, and one run with all that a run
 * can leave.
 */
import type { Storage } from '../../core/contracts/storage.js'
import { createIdSource } from '../../core/base/ids.js'
import { seedHistory } from './history.js'

/** Runs of half a second ago and of every page's own; none is old enough to expire while the benchmark runs. */
const RETENTION_DAYS = 365
const VERSIONS = 200
const VALUES = 10_000
const LOGS = 1000
const REQUESTS = 100

const program = (version: number) =>
  `-- version ${version}\nfunction handler(ctx, event)\n  log.info("hello")\n  return { statusCode = 200, body = "hello" }\nend\n`
const bytes = (text: string) => Buffer.from(text)

export interface PageHistory {
  /** Half of all executions, and many versions and values. */
  readonly large: string
  readonly small: string
  /** An execution with many logs, AI and e-mail requests. */
  readonly execution: string
}

/** Fills the storage; `executions` is how many. */
export async function seedPages(storage: Storage, executions: number): Promise<PageHistory> {
  const now = Math.floor(Date.now() / 1000)
  const functions = await seedHistory(storage, { executions, now })
  const [large = '', small = ''] = functions
  await Promise.all(
    functions.map(
      async (id, n) =>
        await storage.functions.update(id, {
          patch: {
            retentionDays: RETENTION_DAYS,
            ...(n % 10 === 0 ? { cronSchedule: '0 0 1 1 *', cronStatus: 'active' } : {})
          },
          code: undefined,
          now: now - n
        })
    )
  )
  for (let version = 2; version <= VERSIONS; version++) {
    await storage.functions.update(large, { patch: {}, code: program(version), now })
  }
  for (const scope of [large, '']) {
    await Promise.all(
      Array.from({ length: VALUES }, async (_, n) => {
        await storage.kv.set(
          scope,
          bytes(`user:${String(n).padStart(6, '0')}`),
          bytes(JSON.stringify({ n, name: 'Ada'.repeat(20) }))
        )
      })
    )
  }
  await storage.env.replace(
    large,
    Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`VARIABLE_${n}`, 'value']))
  )
  return { large, small, execution: await seedExecution(storage, large, now) }
}

async function seedExecution(
  { executions }: Storage,
  functionId: string,
  now: number
): Promise<string> {
  const ids = createIdSource(() => now)
  const id = ids.next()
  const request = {
    executionId: id,
    requestJson: JSON.stringify({ text: 'hello '.repeat(200) }),
    responseJson: '{}',
    status: 'success',
    errorMessage: undefined,
    durationMs: 5,
    createdAt: now
  } as const
  for (let n = 0; n < REQUESTS; n++) {
    executions.appendAiRequest({
      ...request,
      id: ids.next(),
      provider: 'openai',
      model: 'small',
      endpoint: 'https://ai.example.org',
      inputTokens: 1,
      outputTokens: 1
    })
    executions.appendEmailRequest({
      ...request,
      id: ids.next(),
      from: 'a@example.org',
      to: ['b@example.org'],
      subject: `Report ${n}`,
      hasText: true,
      hasHtml: false,
      emailId: `mail-${n}`
    })
  }
  await executions.finish({
    id,
    functionId,
    versionId: `ver_${functionId}_v${VERSIONS}`,
    trigger: 'http',
    eventJson: `{"method":"GET","path":"/fn/${functionId}","relativePath":"/","headers":{},"body":"","query":{}}`,
    createdAt: now,
    status: 'success',
    durationMs: 12,
    errorMessage: undefined,
    fault: undefined,
    responseJson: '{"statusCode":200,"body":"hello"}',
    logs: Array.from(
      { length: LOGS },
      (_, n) => ({ level: 'info', message: `line ${n} of many`, createdAt: now }) as const
    )
  })
  return id
}
