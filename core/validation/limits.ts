/**
 * The limits of what people may store through the API (CONTRACT section 5), each stated once. Lengths are bytes of
 * UTF-8.
 */
export const limits = {
  nameBytes: 100,
  descriptionBytes: 500,
  codeBytes: 1024 * 1024,
  versionMessageBytes: 500,
  versionCommitBytes: 100,
  envVars: 100,
  envKeyBytes: 100,
  envValueBytes: 10_000,
  /** Keys are looked up in an index, which long ones would bloat. */
  kvKeyBytes: 64 * 1024,
  /** What fits into one message of the sandbox with room to spare. */
  kvValueBytes: 8 * 1024 * 1024,
  retentionDays: [7, 15, 30, 365],
  cronStatuses: ['active', 'paused']
} as const
