/** What every implementation of Storage must do, by running `testStorage` with a way to open one. */
import type { Test } from 'tap'
import type { Storage } from '../../core/contracts/storage.js'
import { testAccessKeys } from './storage-access-keys.js'
import { testAlerts } from './storage-alerts.js'
import { testAudit } from './storage-audit.js'
import { testEnvStore, testSharedEnvStore } from './storage-env.js'
import { testExecutionFilters } from './storage-filters.js'
import { testExecutions } from './storage-executions.js'
import { testFrontDoor } from './storage-front-door.js'
import { testFunctions } from './storage-functions.js'
import { testJobs } from './storage-jobs.js'
import { testKvStore } from './storage-kv.js'
import { testModules } from './storage-modules.js'
import { testReclaiming, testRetention } from './storage-retention.js'
import { testSessions } from './storage-sessions.js'
import { testTokens } from './storage-tokens.js'
import { testVersions } from './storage-versions.js'

/** Gives a new, empty storage that is closed when its test ends. `now` holds Unix milliseconds; tests change it. */
export type OpenStorage = (t: Test, clock?: { now: number }) => Promise<Storage>

/** `isFile`: it gives free space back itself, step by step. */
export function testStorage(t: Test, open: OpenStorage, { isFile = true } = {}): void {
  testFunctions(t, open)
  testFrontDoor(t, open)
  testAccessKeys(t, open)
  testVersions(t, open)
  testModules(t, open)
  testExecutions(t, open)
  testExecutionFilters(t, open)
  testRetention(t, open)
  if (isFile) testReclaiming(t, open)
  testJobs(t, open)
  testKvStore(t, open)
  testEnvStore(t, open)
  testSharedEnvStore(t, open)
  testAlerts(t, open)
  testSessions(t, open)
  testTokens(t, open)
  testAudit(t, open)
}
