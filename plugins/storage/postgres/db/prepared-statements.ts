/** The statements of one connection: each text is prepared once, under a name. */
export interface Field {
  readonly name: string
  readonly dataTypeID: number
}

/** A statement on one connection. */
export interface Prepared {
  readonly name: string
  /** The server has confirmed it. */
  isParsed: boolean
  /** Columns of its result, once known. */
  fields: readonly Field[] | undefined
}

export class PreparedStatements {
  private readonly known = new Map<string, Prepared>()
  /** Those whose preparation is on its way. */
  private parsing: Prepared[] = []

  /** Gives the statement its name; `isNew` when it has to be prepared first. */
  name(sql: string): { readonly prepared: Prepared; readonly isNew: boolean } {
    const known = this.known.get(sql)
    if (known !== undefined && (known.isParsed || this.parsing.includes(known))) {
      return { prepared: known, isNew: false }
    }
    const prepared: Prepared = {
      name: `s${this.known.size}`,
      isParsed: false,
      fields: undefined,
      ...(known === undefined ? {} : { name: known.name })
    }
    this.known.set(sql, prepared)
    this.parsing.push(prepared)
    return { prepared, isNew: true }
  }

  /** After an error the server has skipped the rest. */
  forgetUnparsed(): void {
    this.parsing = []
  }

  /** The server has confirmed the next one. */
  noteParsed(): void {
    const prepared = this.parsing.shift()
    if (prepared !== undefined) prepared.isParsed = true
  }
}
