/** Lists of the server's that pages offer; a test holds them to the server's own. */

export const tokenScopes = [
  'functions:read',
  'functions:write',
  'run',
  'data:read',
  'data:write',
  'executions:read',
  'settings',
  'admin'
] as const
export type TokenScope = (typeof tokenScopes)[number]

/** In the order in which one looks for them. */
export const jobStatuses = [
  'queued',
  'running',
  'waiting',
  'dead',
  'succeeded',
  'cancelled'
] as const
export type JobStatus = (typeof jobStatuses)[number]
