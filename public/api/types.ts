/** The management API's JSON, as far as the dashboard reads it. Times are Unix seconds, durations milliseconds. */
export interface Pagination {
  total: number
  limit: number
  offset: number
}

export interface Version {
  id: string
  version: number
  code: string
  created_at: number
  is_active: boolean
}

export type ExecutionStatus = 'pending' | 'success' | 'error'

export interface LastExecution {
  id: string
  status: ExecutionStatus
  status_code?: number
  trigger: string
  created_at: number
  duration_ms?: number
}

export type Access =
  | { mode: 'public' | 'key' | 'internal' }
  | {
      mode: 'signature'
      preset: string
      secret: string
      header?: string
      algorithm?: string
      encoding?: string
      prefix?: string
    }
export interface FunctionRoute {
  pattern: string
  methods?: string[]
  host?: string
}
/** Of a route by which nothing is answered. */
export interface RouteProblem {
  pattern: string
  host?: string
  problem: string
}
export type Cors =
  'function' | { origins: string[]; headers?: string[]; credentials?: boolean; max_age?: number }
export interface RateLimit {
  requests: number
  seconds: number
  by: 'ip' | 'caller' | 'function'
}

export interface RetryPolicy {
  max_attempts: number
  first_delay_seconds: number
  factor: number
  max_delay_seconds: number
  jitter: number
}

export interface RequiredModule {
  name: string
  /** Absent: there is no such module. */
  id?: string
}

export interface LuaFunction {
  id: string
  name: string
  description?: string
  env_vars: Record<string, string>
  /** Names of the variables that all functions share; not in lists. */
  shared?: string[]
  disabled: boolean
  retention_days?: number
  cron_schedule?: string
  cron_status?: 'active' | 'paused'
  cron_catch_up?: boolean
  save_response: boolean
  /** Its pages share the dashboard's origin. */
  allow_same_origin: boolean
  slug?: string
  access?: Access
  routes?: FunctionRoute[]
  route_problems?: RouteProblem[]
  cors?: Cors
  rate_limit?: RateLimit
  retry?: RetryPolicy
  max_concurrency?: number
  timeout_seconds?: number
  memory_mb?: number
  body_limit?: number
  kv_bytes?: number
  history_bytes?: number
  created_at: number
  updated_at: number
  active_version: Version
  /** Shared modules that the active version requires; not in lists. */
  requires?: RequiredModule[]
  last_execution?: LastExecution
}

export interface AccessKey {
  id: string
  name: string
  created_at: number
  expires_at?: number
  last_used_at?: number
}
export interface CreatedAccessKey extends AccessKey {
  /** Never shown again. */
  key: string
}
export interface Usage {
  kv_bytes: { used: number; limit: number }
  history_bytes: { used: number; limit: number }
  running: { used: number; limit?: number }
  /** Of the caller who has made most calls; absent when unset. */
  rate_limit?: {
    used: number
    limit: number
    seconds: number
    by: RateLimit['by']
    callers: number
    reset_seconds?: number
  }
  /** Calls by reason, since the start of the server. */
  refused: Record<string, number>
}

export interface EnvChange {
  name: string
  change: 'added' | 'changed' | 'removed'
}
export interface EnvHistoryEntry {
  id: number
  replaced_at: number
  replaced_by: 'user' | 'function'
  changes: EnvChange[]
}

export interface Fault {
  kind: string
  message: string
  /** The shared module that the line is of; absent: the function's own code. */
  module?: string
  line?: number
  column?: number
  traceback?: string
}

export interface Execution {
  id: string
  function_id: string
  function_version_id: string
  version?: number
  status: ExecutionStatus
  /** Absent when the function gave no answer. */
  status_code?: number
  method?: string
  path?: string
  duration_ms?: number
  /** Of a streamed answer. */
  response_size?: number
  first_byte_ms?: number
  error_message?: string
  error?: Fault
  event_json?: string
  response_json?: string
  trigger: string
  /** The job that it is an attempt of. */
  job_id?: string
  attempt?: number
  /** The server that ran it, where several share a database. */
  node?: number
  created_at: number
}

export interface LogEntry {
  level: 'debug' | 'info' | 'warn' | 'error'
  message: string
  created_at: number
}

export interface AiRequest {
  id: string
  provider: string
  model: string
  endpoint: string
  request_json: string
  response_json?: string
  status: 'success' | 'error'
  error_message?: string
  input_tokens?: number
  output_tokens?: number
  duration_ms: number
  created_at: number
}

export interface EmailRequest {
  id: string
  from: string
  to: string[]
  subject: string
  request_json: string
  response_json?: string
  status: 'success' | 'error'
  error_message?: string
  email_id?: string
  duration_ms: number
  created_at: number
}

export interface HttpRequest {
  id: string
  method: string
  url: string
  status: 'success' | 'error'
  status_code?: number
  error_message?: string
  request_size: number
  response_size?: number
  duration_ms: number
  created_at: number
}

export interface DraftEvent {
  method?: string
  path?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: string
}

export interface DraftOutcome {
  status_code?: number
  headers?: Record<string, string | string[]>
  body?: string
  body_base64?: string
  logs: LogEntry[]
  duration_ms: number
  error?: Fault & { text?: string }
}

export interface KvEntry {
  key: string
  key_base64?: string
  size: number
  expires_at?: number
  etag: string
  preview: string | null
}
/** An entry as it is now, of an answer 412. */
export interface StaleValue {
  value?: string
  value_base64?: string
  expires_at?: number
}
export interface Session {
  id: string
  created_at: number
  last_seen_at: number
  expires_at: number
  address: string
  user_agent: string
  current: boolean
}

export type CronCheck = { ok: true; next_runs: number[] } | { ok: false; error: string }
export type CodeCheck =
  { ok: true } | { ok: false; error: { message: string; line?: number; column?: number } }
