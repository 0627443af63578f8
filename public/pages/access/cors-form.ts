/** What pages of other origins may do, as a form holds it. */
import type { Cors } from '../../api/types.js'

export interface CorsForm {
  /** 'default', 'list' or 'function'. */
  kind: string
  /** One in each line. */
  origins: string
  /** One after the other. */
  headers: string
  credentials: boolean
  /** Seconds. */
  maxAge: string
}

export const corsKinds = ['default', 'list', 'function'] as const

const standard: CorsForm = {
  kind: 'default',
  origins: '',
  headers: '',
  credentials: false,
  maxAge: ''
}

export function toCorsForm(cors: Cors | undefined): CorsForm {
  if (cors === undefined) return { ...standard }
  if (cors === 'function') return { ...standard, kind: 'function' }
  const { origins, headers = [], credentials = false, max_age: maxAge } = cors
  return {
    kind: 'list',
    origins: origins.join('\n'),
    headers: headers.join(', '),
    credentials,
    maxAge: maxAge === undefined ? '' : String(maxAge)
  }
}

const toList = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean)

/** As the management API takes it; `{}` for what holds where nothing is set. */
export function toCors({
  kind,
  origins,
  headers,
  credentials,
  maxAge
}: CorsForm): object | 'function' {
  if (kind === 'function') return kind
  if (kind !== 'list') return {}
  const names = toList(headers)
  const seconds = maxAge.trim()
  return {
    origins: toList(origins),
    ...(names.length === 0 ? {} : { headers: names }),
    ...(credentials ? { credentials } : {}),
    ...(seconds === '' ? {} : { max_age: Number(seconds) })
  }
}
