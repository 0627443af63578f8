/** One attempt of a job: what its outcome means for the job. */
import { defaultRetry, type RetryPolicy } from '../../core/contracts/front-door.js'
import type { JobAttempt, JobOutcome } from '../../core/contracts/invocation.js'
import type { ClaimedJob } from '../../core/contracts/jobs.js'
import type { JobEnd, JobSettlement, JobSettlements } from '../../core/contracts/job-ends.js'
import type { FunctionRecord } from '../../core/contracts/records.js'
import { decideNext } from './decide.js'

/** What could not be kept has failed, whatever its handler returned. */
const lostOutcome: JobOutcome = {
  answer: undefined,
  fault: { kind: 'runtime', message: 'the database could not keep what this attempt stored' },
  errorMessage: undefined
}

export const policyOf = ({ frontDoor }: FunctionRecord): RetryPolicy =>
  frontDoor?.retry ?? defaultRetry

export class Attempt implements JobAttempt {
  /** Set once an outcome was seen. */
  settlements: JobSettlements | undefined

  constructor(
    readonly job: ClaimedJob,
    private readonly policy: RetryPolicy,
    private readonly owner: string,
    private readonly now: () => number
  ) {}

  get id(): string {
    return this.job.id
  }

  get attempt(): number {
    return this.job.attempt
  }

  get executionId(): string {
    return this.job.executionId
  }

  readonly settle = (outcome: JobOutcome): JobSettlements => {
    this.settlements = {
      kept: this.toSettlement(this.decide(outcome)),
      lost: this.toSettlement(this.decide(lostOutcome))
    }
    return this.settlements
  }

  toSettlement(end: JobEnd): JobSettlement {
    const { id, attempts } = this.job
    return { id, owner: this.owner, attempts, now: this.now(), end }
  }

  private decide(outcome: JobOutcome): JobEnd {
    const { attempt } = this.job
    return decideNext(outcome, this.policy, { attempt, now: this.now(), random: Math.random() })
  }
}
