/** What one execution may ask of the server. The numbers are far above honest use and far below harm. */
export const budgets = {
  /** Host calls, one-way ones included. Beyond, the execution fails. */
  calls: 100_000,
  /** Log entries and their bytes together. Beyond, a note is logged once and the rest is dropped. */
  logEntries: 10_000,
  logBytes: 1024 * 1024,
  /** Lines of `print` and their bytes together; handled like logs. */
  printLines: 10_000,
  printBytes: 1024 * 1024,
  /** One-way calls of a process that have not settled, and their bytes together. Beyond, the child must wait. */
  pendingSends: 1000,
  pendingSendBytes: 8 * 1024 * 1024,
  /** Frames of an invocation that was revoked. Beyond, its old process is ended. */
  revokedFrames: 100,
  /** Frames handled in one go before other channels get their turn. */
  framesAtOnce: 500,
  /** Reports of inner errors by one process. Beyond, it is ended. */
  internalReports: 100
} as const
