/**
 * Retention: every full hour, and a moment after start, executions older than their function's period are deleted, with
 * their logs and requests; so are old finished jobs, expired key-value entries and old states of variables. Then free
 * space of the file is given back. It works in small batches with rests between, so that calls hardly notice.
 */
import fp from 'fastify-plugin'
import '../core/contracts/server.js'
import type { Storage } from '../core/contracts/storage.js'
import { clockOf, systemClock, type Clock } from '../core/cron/clock.js'
import { startMinuteTicker } from '../core/cron/minute-ticker.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const AFTER_START_MS = 10_000
/** A batch holds the database and the event loop for a few milliseconds. */
const EXECUTIONS = 100
const ENTRIES = 500
const PAGES = 64
const AUDIT_DAYS = 365
/** Some 300 MiB at most in practice; whoever may write values shall not fill the disk with notes of it. */
const MAX_AUDIT = 500_000
/** Rest after a batch, beside the pause that the storage makes while calls are served. */
const REST_MS = 5

export interface Swept {
  readonly executions: number
  readonly entries: number
  /** Former states of variables. */
  readonly variables: number
  readonly jobs: number
  /** Entries of the audit. */
  readonly audit: number
  /** Bytes given back to the file system. */
  readonly reclaimed: number
}

type SweptStorage = Pick<Storage, 'reclaim'> & {
  readonly executions: Pick<Storage['executions'], 'expire'>
  readonly kv: Pick<Storage['kv'], 'expire'>
  readonly env: Pick<Storage['env'], 'expireHistory'>
  readonly jobs: Pick<Storage['jobs'], 'expire'>
  readonly audit: Pick<Storage['audit'], 'expire'>
}

/** Deletes everything that is due now. When `signal` aborts, it ends after the current batch. */
export async function sweep(
  storage: SweptStorage,
  clock: Clock,
  signal: AbortSignal,
  jobDays: number
): Promise<Swept> {
  const repeat = async (least: number, batch: () => Promise<number>) => {
    let total = 0
    for (let done = least; done >= least && !signal.aborted;) {
      done = await batch()
      total += done
      if (done >= least) {
        await new Promise<void>(resolve => {
          clock.after(REST_MS, resolve)
        })
      }
    }
    return total
  }
  return {
    executions: await repeat(EXECUTIONS, () =>
      storage.executions.expire(Math.floor(clock.now() / 1000), EXECUTIONS)
    ),
    entries: await repeat(ENTRIES, () => storage.kv.expire(clock.now(), ENTRIES)),
    variables: await repeat(ENTRIES, () =>
      storage.env.expireHistory(Math.floor(clock.now() / 1000), ENTRIES)
    ),
    jobs: await repeat(EXECUTIONS, () =>
      storage.jobs.expire(clock.now() - jobDays * DAY, EXECUTIONS)
    ),
    audit: await repeat(ENTRIES, () =>
      storage.audit.expire((clock.now() - AUDIT_DAYS * DAY) / 1000, MAX_AUDIT, ENTRIES)
    ),
    reclaimed: await repeat(1, () => storage.reclaim(PAGES))
  }
}

export default fp(
  async function retention(fastify) {
    const stopping = new AbortController()
    let sweeping: Promise<void> | undefined

    /** Of servers that share their data one does it. */
    const sweepIfOurs = async (): Promise<Swept | undefined> => {
      const { storage, config } = fastify
      const { shared } = storage
      if (shared !== undefined && !(await shared.leads())) return undefined
      return sweep(storage, clockOf(shared), stopping.signal, config.JOBS_RETENTION_DAYS)
    }

    const run = () => {
      sweeping ??= sweepIfOurs()
        .then(swept => {
          if (
            swept !== undefined &&
            swept.executions + swept.entries + swept.variables + swept.jobs > 0
          ) {
            fastify.log.info(swept, 'old executions deleted')
          }
        })
        .catch((error: unknown) => {
          fastify.log.error(
            { err: error },
            'old executions could not be deleted; the next try is at the full hour'
          )
        })
        .finally(() => {
          sweeping = undefined
        })
    }

    const cancels: Array<() => void> = []
    fastify.addHook('onReady', async () => {
      cancels.push(systemClock.after(AFTER_START_MS, run))
      cancels.push(
        startMinuteTicker(systemClock, {
          onMinute: minute => {
            if (minute % HOUR === 0) run()
          },
          onSetBack: () => {}
        })
      )
    })
    fastify.addHook('preClose', async () => {
      stopping.abort()
      for (const cancel of cancels) cancel()
      await sweeping
    })
  },
  { name: 'retention', dependencies: ['storage'] }
)
