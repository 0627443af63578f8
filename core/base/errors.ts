/** Every error code of the server, in one place. `status` is what the HTTP API answers. */
const codes = {
  INVALID_BODY: 400,
  INVALID_REQUEST: 400,
  VALIDATION: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  REQUEST_TIMEOUT: 408,
  CONFLICT: 409,
  PRECONDITION_FAILED: 412,
  BODY_TOO_LARGE: 413,
  TOO_MANY_ATTEMPTS: 429,
  RATE_LIMITED: 429,
  TOO_MANY_CALLS: 429,
  HEADERS_TOO_LARGE: 431,
  NO_ROOM: 503,
  JOBS_FULL: 503,
  TOO_MANY_LISTENERS: 503,
  LOOP_DETECTED: 508,
  QUEUE_FULL: 503,
  QUEUE_TIMEOUT: 503,
  DEADLOCK: 503,
  // Nobody reads this response; its status is for the log, where proxies write the same one.
  CALLER_GONE: 499,
  SERVER_STOPPING: 503,
  QUOTA_EXCEEDED: 507,
  STORAGE_FAILED: 500,
  DATABASE_UNAVAILABLE: 503,
  EXECUTION_ENDED: 500,
  WRITES_LOST: 500,
  KV_NOT_A_NUMBER: 400,
  SANDBOX_START_FAILED: 503,
  SETTINGS_INVALID: 500,
  MIGRATION_FAILED: 500,
  DATABASE_TOO_NEW: 500,
  PLUGIN_FAILED: 500,
  MODULE_INVALID: 500,
  DATA_IN_USE: 500
} as const

export type ErrorCode = keyof typeof codes

/** An error with a code that callers may act on; the message is for people and says what to do. */
export class MoonletError extends Error {
  override name = 'MoonletError'
  readonly statusCode: number
  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { cause?: unknown; headers?: Record<string, string>; details?: object } = {}
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.statusCode = codes[code]
    this.headers = options.headers ?? {}
    this.details = options.details ?? {}
  }

  /** Headers the HTTP answer carries, such as Retry-After. */
  readonly headers: Record<string, string>
  /** Fields that the HTTP answer has beside `error`. */
  readonly details: object
}
