/**
 * The front door of a function: who may call it, at which addresses, from which pages, how often and how much.
 * Every field is named as in the management API, which stores, shows, exports and imports it in this form.
 */

export const accessModes = ['public', 'key', 'signature', 'internal'] as const
export const signaturePresets = [
  'github',
  'stripe',
  'slack',
  'standard-webhooks',
  'generic'
] as const
export const signatureAlgorithms = ['sha1', 'sha256', 'sha512'] as const
export const signatureEncodings = ['hex', 'base64'] as const
export const rateLimitSubjects = ['ip', 'caller', 'function'] as const

export interface PublicAccess {
  readonly mode: 'public'
}

export interface KeyAccess {
  readonly mode: 'key'
}

export interface InternalAccess {
  readonly mode: 'internal'
}

/** An HMAC in the form of a known provider. */
export interface ProviderSignature {
  readonly mode: 'signature'
  readonly preset: Exclude<(typeof signaturePresets)[number], 'generic'>
  /** Name of the function's variable that holds the secret. */
  readonly secret: string
}

/** An HMAC over the raw body alone. */
export interface GenericSignature {
  readonly mode: 'signature'
  readonly preset: 'generic'
  /** Name of the function's variable that holds the secret. */
  readonly secret: string
  /** The header that carries the signature. */
  readonly header: string
  readonly algorithm: (typeof signatureAlgorithms)[number]
  readonly encoding: (typeof signatureEncodings)[number]
  /** What precedes the signature in its header, such as `sha256=`. */
  readonly prefix: string
}

export type SignatureAccess = ProviderSignature | GenericSignature
export type Access = PublicAccess | KeyAccess | InternalAccess | SignatureAccess

/** One address of a function beside `/fn/{id}`. */
export interface Route {
  /** A pattern of find-my-way: `/shop/:item`, `/*`. */
  readonly pattern: string
  /** Left out: every method that functions take. */
  readonly methods?: readonly string[]
  /** Left out: wherever functions are served. */
  readonly host?: string
}

/** What pages of other origins may do. */
export interface CorsRules {
  /** Exact origins, or `*`. */
  readonly origins: readonly string[]
  readonly headers?: readonly string[]
  readonly credentials?: boolean
  /** Seconds for which a browser may remember a preflight. */
  readonly max_age?: number
}

/** `function`: the function answers OPTIONS and sets all CORS headers itself. */
export type Cors = CorsRules | 'function'

export interface RateLimit {
  readonly requests: number
  readonly seconds: number
  /** Whose calls are counted together: those of an address, of a key, or all of the function's. */
  readonly by: (typeof rateLimitSubjects)[number]
}

/** When a job of the function is tried again after an attempt that failed. */
export interface RetryPolicy {
  /** In all, with the first. */
  readonly max_attempts: number
  /** Before the second attempt. */
  readonly first_delay_seconds: number
  /** By which each further delay is longer. */
  readonly factor: number
  readonly max_delay_seconds: number
  /** By which part a delay may be shorter or longer, so that many jobs do not come back at once. */
  readonly jitter: number
}

/** Of a function that sets none. */
export const defaultRetry: RetryPolicy = {
  max_attempts: 5,
  first_delay_seconds: 10,
  factor: 3,
  max_delay_seconds: 3600,
  jitter: 0.1
}

/** The numbers of a front door, each a limit that holds for this function alone. */
export interface FunctionLimits {
  /** Invocations at once. */
  readonly max_concurrency?: number
  readonly timeout_seconds?: number
  readonly memory_mb?: number
  /** Bytes of a request body. */
  readonly body_limit?: number
  /** Bytes of stored values. */
  readonly kv_bytes?: number
  /** Bytes of executions, logs and requests. */
  readonly history_bytes?: number
}

export interface FrontDoor extends FunctionLimits {
  readonly access?: Access
  readonly routes?: readonly Route[]
  readonly cors?: Cors
  readonly rate_limit?: RateLimit
  readonly retry?: RetryPolicy
}

/** Of each field that changes its new value; null: it is cleared. */
export type FrontDoorChange = { readonly [Name in keyof FrontDoor]?: FrontDoor[Name] | null }

/** Who called, as `ctx.caller` tells the function. */
export interface AdmittedCaller {
  readonly kind: 'anyone' | 'key' | 'signature' | 'function'
  /** The name of the key, or of the function. */
  readonly name?: string
}

/** Why a call was refused before anything was made of it; a label of the metrics and a field of the API. */
export const refusalReasons = [
  'key',
  'signature',
  'internal',
  'repeat',
  'rate_limit',
  'concurrency',
  'body_limit'
] as const
export type RefusalReason = (typeof refusalReasons)[number]
