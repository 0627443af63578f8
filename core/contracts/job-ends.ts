/** What becomes of a job after an attempt; see jobs.ts. Times are Unix milliseconds. */

/** Why a job is dead. */
export type DeathReason = 'attempts' | 'status' | 'gave_up' | 'no_version' | 'unreadable'

/** What becomes of a job after an attempt. */
export type JobEnd =
  | { readonly status: 'succeeded'; readonly statusCode?: number | undefined }
  | {
      readonly status: 'dead'
      readonly reason: DeathReason
      readonly statusCode?: number | undefined
      readonly error?: string | undefined
    }
  | {
      readonly status: 'waiting'
      readonly dueAt: number
      readonly statusCode?: number | undefined
      readonly error?: string | undefined
    }
  /** It was not begun, and that is no attempt. */
  | { readonly status: 'returned'; readonly dueAt: number }

export interface JobSettlement {
  readonly id: string
  readonly owner: string
  /** `attempts` of the claimed job: tells a lease from a later one of the same owner. */
  readonly attempts: number
  readonly now: number
  readonly end: JobEnd
}

/** What the function itself said about another attempt; the last word counts. */
export type JobWish =
  | { readonly kind: 'retry'; readonly afterSeconds: number }
  | { readonly kind: 'give_up'; readonly reason: string }

/** What becomes of the job of an execution: with its record, and if what it wrote was lost. */
export interface JobSettlements {
  readonly kept: JobSettlement
  readonly lost: JobSettlement
}
