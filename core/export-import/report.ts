/** What has become of each part of a folder that was imported. */

export interface Imported {
  /** The folder of a function, or the file of a shared module, or of the shared variables. */
  readonly folder: string
  readonly action: 'created' | 'updated' | 'unchanged' | 'failed'
  /** Why it failed, or what is left to do. */
  readonly note?: string
}

export const toFailed = (error: unknown) => ({ action: 'failed' as const, note: wordsOf(error) })

export const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
