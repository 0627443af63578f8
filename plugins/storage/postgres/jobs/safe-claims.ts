/**
 * Claims whose outcome this server may never hear of: it would hold jobs that it does not run. The next claim gives
 * them back first.
 */
import type { Claim, ClaimedJob } from '../../../../core/contracts/jobs.js'
import type { SecretBox } from '../../secrets/secret-box.js'
import type { Database } from '../db/database.js'
import { isAway } from '../db/failure.js'
import { claimJobs, giveBack } from './job-claims.js'

export class SafeClaims {
  /** Execution ids of claims whose outcome is not known. */
  private readonly doubtful = new Set<string>()

  constructor(
    private readonly db: Database,
    private readonly secrets: SecretBox
  ) {}

  async claim(claim: Claim): Promise<ClaimedJob[]> {
    const { db, secrets, doubtful } = this
    const given: string[] = []
    const nextExecutionId = (): string => {
      const id = claim.nextExecutionId()
      given.push(id)
      return id
    }
    try {
      const claimed = await db.transaction(['jobs', 'functions'], async session => {
        if (doubtful.size > 0) await giveBack(session, db.stripe(), claim, [...doubtful])
        return claimJobs(session, db.stripe(), secrets, { ...claim, nextExecutionId })
      })
      doubtful.clear()
      return claimed
    } catch (error) {
      if (isAway(error)) for (const id of given) doubtful.add(id)
      throw error
    }
  }
}
