/** What a check of `moonlet doctor` found. */

/** `warning`: Moonlet runs, but not as it should. `failed`: it does not start, or loses something. */
export type State = 'ok' | 'warning' | 'failed'

export interface Finding {
  /** What was looked at, in one word of the report. */
  readonly check: string
  readonly state: State
  /** One sentence. */
  readonly message: string
  /** What to do; of everything that is not ok. */
  readonly remedy?: string
}

/** Makes the findings of one check. */
export const findings = (check: string) => ({
  ok: (message: string): Finding => ({ check, state: 'ok', message }),
  warning: (message: string, remedy: string): Finding => ({
    check,
    state: 'warning',
    message,
    remedy
  }),
  failed: (message: string, remedy: string): Finding => ({
    check,
    state: 'failed',
    message,
    remedy
  })
})
