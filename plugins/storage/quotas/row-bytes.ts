/**
 * How many bytes a row counts for in a quota: its texts, and a fixed number, measured on full databases, for its other
 * columns, its index entries and the space that stays free in pages. Rows to be written are measured in TypeScript,
 * stored rows in SQL; both give the same.
 */

/** A page holds only one or two rows between these sizes, and much of it stays free. */
const PAGE = 4096
const THREE_FIT = 1400
const TWO_FIT = 2100
const ONE_FITS = PAGE

interface Measured {
  readonly texts: readonly string[]
  readonly overhead: number
  /** Several of its rows share a page; one that is larger takes so many bytes more. */
  readonly beyondPage?: number
}

const measured = {
  executions: {
    texts: ['error_message', 'fault_json', 'event_json', 'response_json'],
    overhead: 280,
    beyondPage: 0
  },
  large_events: { texts: ['event_json'], overhead: 1000 },
  large_responses: { texts: ['response_json'], overhead: 1000 },
  packed_events: { texts: ['zstd'], overhead: 30, beyondPage: 1000 },
  packed_responses: { texts: ['zstd'], overhead: 30, beyondPage: 1000 },
  logs: { texts: ['message'], overhead: 30 },
  ai_requests: {
    texts: ['model', 'endpoint', 'error_message', 'request_json', 'response_json'],
    overhead: 260
  },
  email_requests: {
    texts: [
      'sender',
      'recipients_json',
      'subject',
      'error_message',
      'request_json',
      'response_json'
    ],
    overhead: 260
  },
  http_requests: { texts: ['method', 'url', 'error_message'], overhead: 200 },
  kv: { texts: ['key', 'value'], overhead: 40 }
} as const satisfies Record<string, Measured>

export type MeasuredTable = keyof typeof measured
type Text = string | Uint8Array | null

/** The bytes of a row with these texts, in the order of the table above. */
export function bytesOf(table: MeasuredTable, ...texts: readonly Text[]): number {
  const { overhead, beyondPage }: Measured = measured[table]
  let bytes = overhead
  for (const text of texts) {
    if (text !== null) bytes += typeof text === 'string' ? Buffer.byteLength(text) : text.byteLength
  }
  if (beyondPage === undefined || bytes <= THREE_FIT) return bytes
  if (bytes > ONE_FITS) return bytes + beyondPage
  return bytes > TWO_FIT ? PAGE : PAGE / 2
}

/** The same in SQL, for a row of the table or of an alias for it. It does not read the texts. */
export function bytesSql(table: MeasuredTable, alias: string = table): string {
  const { texts, overhead, beyondPage }: Measured = measured[table]
  const bytes = `(${[overhead, ...texts.map(text => `ifnull(octet_length(${alias}.${text}), 0)`)].join(' + ')})`
  if (beyondPage === undefined) return bytes
  return (
    `(case when ${bytes} <= ${THREE_FIT} then ${bytes} when ${bytes} > ${ONE_FITS} then ${bytes} + ${beyondPage} ` +
    `when ${bytes} > ${TWO_FIT} then ${PAGE} else ${PAGE / 2} end)`
  )
}

/** Tables whose rows belong to an execution. */
export const belongings = [
  'logs',
  'ai_requests',
  'email_requests',
  'http_requests',
  'large_events',
  'large_responses',
  'packed_events',
  'packed_responses'
] as const

/** The same in SQL for an execution `e` with everything that belongs to it. */
export const executionBytesSql: string = [
  bytesSql('executions', 'e'),
  ...belongings.map(
    table =>
      `ifnull((select sum(${bytesSql(table, 'b')}) from ${table} b where b.execution = e.seq), 0)`
  )
].join(' + ')
