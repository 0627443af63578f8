/** What callers are told of the server's limits: stated once, for errors and for the examples of the API document. */
export const limitTexts = {
  queueFull: (limit: number): string =>
    `Too many calls wait for a sandbox (QUEUE_LIMIT is ${limit})`,
  /** `setting` is left out for a limit of one route, which nobody can set. */
  bodyTooLarge: (limit: number, setting?: 'BODY_LIMIT'): string =>
    `The request body is larger than ${limit} bytes${setting === undefined ? '' : ` (setting ${setting})`}`,
  requestTooSlow: (seconds: number): string =>
    `The request did not arrive within ${seconds} seconds (REQUEST_TIMEOUT)`,
  accessKeys: (limit: number): string =>
    `The function has ${limit} keys, which is the most; delete one that is not used`,
  tokens: (limit: number): string =>
    `There are ${limit} tokens, which is the most; end one that is not used`,
  noRoom: (limit: number): string =>
    `Too much is being received and sent at the moment (BUFFERED_BYTES_MAX is ${limit} bytes)`
} as const

/** The same texts with the limits that hold by default. */
export const limitExamples = {
  queueFull: limitTexts.queueFull(1000),
  bodyTooLarge: limitTexts.bodyTooLarge(10_485_760, 'BODY_LIMIT'),
  requestTooSlow: limitTexts.requestTooSlow(60),
  noRoom: limitTexts.noRoom(134_217_728)
} as const
