/** A large history for benchmarks: many functions, half of all executions of the first one, the rest of the others. */
import { createIdSource } from '../../core/base/ids.js'
import type { FinishedExecution } from '../../core/contracts/executions.js'
import type { Storage } from '../../core/contracts/storage.js'

export const FUNCTIONS = 1000
export const PER_TICK = 200
export const DAY = 86_400
const SPREAD_DAYS = 30

/**
 * Writes `executions` runs through the storage itself, PER_TICK in a transaction, spread over the 30 days before
 * `now` (Unix seconds). Every 20th failed, every 100th was by cron, each has one log. Gives the functions' ids.
 */
export async function seedHistory(
  storage: Storage,
  { executions, now }: { executions: number; now: number }
): Promise<string[]> {
  let clock = now - (SPREAD_DAYS + 1) * DAY
  const ids = createIdSource(() => clock)
  const functions = Array.from({ length: FUNCTIONS }, () => ids.next())
  for (const [i, id] of functions.entries()) {
    await storage.functions.create({
      id,
      name: `function ${i}`,
      description: 'One of many.',
      code: 'return 1\n'.repeat(100),
      now: now - i
    })
  }

  const toExecution = (i: number): FinishedExecution => {
    const functionId = functions[i % 2 === 0 ? 0 : (i >> 1) % FUNCTIONS] ?? ''
    const failed = i % 20 === 0
    const createdAt = now - Math.floor(SPREAD_DAYS * DAY * (1 - i / executions))
    clock = createdAt
    return {
      id: ids.next(),
      functionId,
      versionId: `ver_${functionId}_v1`,
      trigger: i % 100 === 2 ? 'cron' : 'http',
      eventJson: `{"method":"GET","path":"/fn/${functionId}","relativePath":"/","headers":{"Accept":"*/*","Accept-Encoding":"gzip, deflate","User-Agent":"bench/${i}"},"body":"","query":{"page":"${i}"}}`,
      createdAt,
      status: failed ? 'error' : 'success',
      durationMs: i % 50,
      errorMessage: failed
        ? `Error at line 3: attempt to index a nil value (field 'x${i}')`
        : undefined,
      fault: failed ? { kind: 'runtime', message: 'attempt to index a nil value' } : undefined,
      responseJson: undefined,
      logs: [{ level: 'info', message: `served page ${i} of the catalogue`, createdAt }]
    }
  }
  for (let i = 0; i < executions; i += PER_TICK) {
    const count = Math.min(PER_TICK, executions - i)
    await Promise.all(
      Array.from({ length: count }, (_, n) => storage.executions.finish(toExecution(i + n)))
    )
  }
  return functions
}
