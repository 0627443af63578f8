/** What the parts of the job store share. */
import type { Database } from 'better-sqlite3'
import type { JobLimits } from '../../../core/contracts/jobs.js'
import type { Batch } from '../db/batch.js'
import type { FunctionRowIds } from '../functions/function-row-ids.js'
import type { SecretBox } from '../secrets/secret-box.js'
import { JobCounts } from './job-counts.js'
import { JobQueues } from './job-queues.js'
import { prepareJobStatements, type JobStatements } from './job-statements.js'

export interface JobParts {
  readonly db: Database
  readonly batch: Batch
  readonly rowIds: FunctionRowIds
  readonly secrets: SecretBox
  readonly limits: JobLimits
  readonly sql: JobStatements
  readonly counts: JobCounts
  readonly queues: JobQueues
}

export const createJobParts = (given: Omit<JobParts, 'sql' | 'counts' | 'queues'>): JobParts => ({
  ...given,
  sql: prepareJobStatements(given.db),
  counts: new JobCounts(given.db, given.batch),
  queues: new JobQueues(given.db)
})
