/** The limits of what people may store through the API (BEHAVIOUR section 5), each stated once. Lengths are bytes of UTF-8. */
export const limits = {
  nameBytes: 100,
  descriptionBytes: 500,
  codeBytes: 1024 * 1024,
  envVars: 100,
  envKeyBytes: 100,
  envValueBytes: 10_000,
  retentionDays: [7, 15, 30, 365],
  cronStatuses: ['active', 'paused']
} as const
