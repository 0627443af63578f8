/**
 * What Moonlet stores, as objects. Times are Unix seconds, durations milliseconds. `plugins/routes/` makes the JSON of
 * the management API from these.
 */
import type { FrontDoor } from './front-door.js'

/** A function with its settings. */
export interface FunctionRecord {
  readonly id: string
  readonly name: string
  readonly description: string | undefined
  readonly disabled: boolean
  /** 7, 15, 30 or 365; undefined means 7. */
  readonly retentionDays: number | undefined
  /** undefined: never set; '': cleared. */
  readonly cronSchedule: string | undefined
  readonly cronStatus: 'active' | 'paused'
  /** Run once at start if a scheduled time was missed while the server was down. */
  readonly cronCatchUp: boolean
  readonly saveResponse: boolean
  /** Responses carry no sandboxing policy: its pages share an origin with everything else that is served there. */
  readonly allowSameOrigin: boolean
  /** Its name in `/fn/{slug}`, unique. */
  readonly slug: string | undefined
  /** undefined: nothing of it is set, and calls are as free as they are without one. */
  readonly frontDoor: FrontDoor | undefined
  readonly createdAt: number
  readonly updatedAt: number
}

/** Where a version came from, as far as it is known. */
export interface VersionOrigin {
  /** A token's name, `api_key` or `session`. */
  readonly createdBy?: string | undefined
  /** What whoever made it says about it. */
  readonly message?: string | undefined
  /** Of the repository that it was pushed from. */
  readonly commit?: string | undefined
}

/** One version of a function's code. */
export interface VersionRecord extends VersionOrigin {
  /** `ver_{function id}_v{number}` */
  readonly id: string
  readonly functionId: string
  /** From 1, never used twice within one function. */
  readonly version: number
  readonly code: string
  readonly createdAt: number
  readonly isActive: boolean
}

export type ExecutionStatus = 'pending' | 'success' | 'error'

export const faultKinds = [
  'syntax',
  'load',
  'runtime',
  'memory',
  'no-handler',
  'bad-return',
  'timeout',
  'crash',
  'protocol',
  'limit',
  'bad-answer',
  'stopped',
  'skipped',
  'refused',
  'interrupted'
] as const

export type FaultKind = (typeof faultKinds)[number]

/** How an execution failed, structured; `error_message` is made from it for people. */
export interface Fault {
  readonly kind: FaultKind
  /** As Lua raised it, with its `chunk:line:` prefix, or the server's own words. */
  readonly message: string
  /** The shared module that `line` is of; left out: the function's own code. */
  readonly module?: string
  readonly line?: number
  readonly column?: number
  readonly traceback?: string
  /** The field `code` of a table that Lua raised; `message` is its other field then. */
  readonly code?: string
}

/** What is known of an answer that a function streamed. */
export interface StreamFacts {
  /** Bytes of the body that the function wrote. */
  readonly size: number
  /** Milliseconds from the start of the run until status and headers left. */
  readonly firstByteMs: number
}

export interface ExecutionRecord {
  readonly id: string
  readonly functionId: string
  readonly versionId: string
  readonly status: ExecutionStatus
  /** Status of the response; undefined without a response (it failed, or is pending) or when it is not known. */
  readonly statusCode?: number | undefined
  /** Set when the answer was streamed. */
  readonly stream?: StreamFacts | undefined
  /** undefined while pending. */
  readonly durationMs: number | undefined
  /** The text of CONTRACT section 9; only of a failed execution. */
  readonly errorMessage: string | undefined
  readonly fault: Fault | undefined
  /** The masked event as JSON text. */
  readonly eventJson: string
  /** Only stored with `saveResponse`. */
  readonly responseJson: string | undefined
  readonly trigger: string
  readonly createdAt: number
  /** The job that it is an attempt of, and which one. */
  readonly jobId?: string | undefined
  readonly attempt?: number | undefined
  /** The server that ran it, where several may work on the same data. */
  readonly node?: number | undefined
}

/** How much a log message matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface LogEntry {
  readonly level: LogLevel
  /** Already masked. */
  readonly message: string
  readonly createdAt: number
}

/** What is stored of one `ai.chat`. */
export interface AiRequestRecord {
  readonly id: string
  readonly executionId: string
  readonly provider: string
  readonly model: string
  /** Full URL; '' when no request was sent. */
  readonly endpoint: string
  readonly requestJson: string
  readonly responseJson: string | undefined
  readonly status: 'success' | 'error'
  readonly errorMessage: string | undefined
  readonly inputTokens: number | undefined
  readonly outputTokens: number | undefined
  readonly durationMs: number
  readonly createdAt: number
}

/** What is stored of one email that a function sent. */
export interface EmailRequestRecord {
  readonly id: string
  readonly executionId: string
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly hasText: boolean
  readonly hasHtml: boolean
  readonly requestJson: string
  readonly responseJson: string | undefined
  readonly status: 'success' | 'error'
  readonly errorMessage: string | undefined
  readonly emailId: string | undefined
  readonly durationMs: number
  readonly createdAt: number
}

/** What is stored of one request of `http`. */
export interface HttpRequestRecord {
  readonly id: string
  readonly executionId: string
  readonly method: string
  /** Masked; a long one is cut. */
  readonly url: string
  /** Success: a reply came, of any status. */
  readonly status: 'success' | 'error'
  readonly statusCode: number | undefined
  readonly errorMessage: string | undefined
  /** Bytes of the body. */
  readonly requestSize: number
  /** Bytes of the body, unpacked; undefined without a reply. */
  readonly responseSize: number | undefined
  readonly durationMs: number
  readonly createdAt: number
}
