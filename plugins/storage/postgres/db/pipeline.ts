/** A query of `pg` that sends many statements and one Sync. */
import type { Field, Prepared, PreparedStatements } from './prepared-statements.js'
import type { Result, Statement } from './statement.js'
import { decode, encode, type SqlRow } from './values.js'

/** The part of `pg`'s connection that a submittable query may use. */
export interface Wire {
  readonly stream: { cork?(): void; uncork?(): void; destroy(error?: Error): void }
  parse(message: { name: string; text: string; types: number[] }): void
  bind(message: { statement: string; values: ReadonlyArray<string | Buffer | null> }): void
  describe(message: { type: 'P'; name: string }): void
  execute(message: object): void
  sync(): void
  on(event: 'parseComplete', listener: () => void): void
  on(event: 'parameterStatus', listener: (message: ServerParameter) => void): void
}

interface ServerParameter {
  readonly parameterName: string
  readonly parameterValue: string
}

export class Pipeline {
  /** `pg` wraps it. */
  callback: ((error: Error | null) => void) | undefined
  private readonly results: Array<{ rows: SqlRow[]; count: number }> = []
  private readonly sent: Prepared[] = []
  private readonly encoded: ReadonlyArray<ReadonlyArray<string | Buffer | null>>
  private timer: NodeJS.Timeout | undefined
  private turn: NodeJS.Immediate | undefined

  constructor(
    private readonly prepared: PreparedStatements,
    private readonly statements: readonly Statement[],
    private readonly resolve: (results: Result[]) => void,
    private readonly reject: (error: Error) => void
  ) {
    this.encoded = statements.map(({ values }) => values.map(encode))
    for (let i = 0; i < statements.length; i++) this.results.push({ rows: [], count: 0 })
  }

  private at = 0

  /** A server that says nothing for so long is gone, whatever TCP believes. */
  guard(ms: number, onSilence: () => void): void {
    this.timer = setTimeout(() => {
      // What has come while this process was busy is read before that.
      this.turn = setImmediate(onSilence)
    }, ms)
  }

  submit(wire: Wire): void {
    wire.stream.cork?.()
    for (const [index, { sql }] of this.statements.entries()) {
      const { prepared, isNew } = this.prepared.name(sql)
      this.sent.push(prepared)
      if (isNew) wire.parse({ name: prepared.name, text: sql, types: [] })
      wire.bind({ statement: prepared.name, values: this.encoded[index] ?? [] })
      if (prepared.fields === undefined) wire.describe({ type: 'P', name: '' })
      wire.execute({})
    }
    wire.sync()
    wire.stream.uncork?.()
  }

  handleRowDescription({ fields }: { fields: readonly Field[] }): void {
    const prepared = this.sent[this.at]
    if (prepared !== undefined) {
      prepared.fields = fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }))
    }
  }

  handleDataRow({ fields: values }: { fields: ReadonlyArray<string | null> }): void {
    const fields = this.sent[this.at]?.fields ?? []
    const row: Record<string, unknown> = {}
    for (const [index, { name, dataTypeID }] of fields.entries()) {
      row[name] = decode(values[index] ?? null, dataTypeID)
    }
    this.results[this.at]?.rows.push(row)
  }

  handleCommandComplete({ text }: { text: string }): void {
    const [prepared, result] = [this.sent[this.at], this.results[this.at]]
    if (prepared !== undefined) prepared.fields ??= []
    if (result !== undefined) result.count = Number(/\d+$/.exec(text)?.[0] ?? 0)
    this.at++
  }

  handleEmptyQuery(): void {
    this.at++
  }

  handlePortalSuspended(): void {}
  handleCopyInResponse(): void {}
  handleCopyData(): void {}

  handleReadyForQuery(): void {
    this.endGuard()
    this.resolve(this.results)
  }

  private endGuard(): void {
    clearTimeout(this.timer)
    clearImmediate(this.turn)
  }

  handleError(error: Error): void {
    this.endGuard()
    this.prepared.forgetUnparsed()
    this.reject(error)
  }
}
