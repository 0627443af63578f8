/** What `event:form()` gives, whichever way the form was sent. */
import { LuaFailure } from '../../../core/lua/errors.js'
import type { ToLua } from '../../../sandbox/lua/api.js'

/** Fields and files of one form together. */
export const MAX_PARTS = 1000
/** Bytes of a field that is not a file. */
const MAX_FIELD_BYTES = 1024 * 1024

export interface FormFile {
  readonly name: string
  readonly filename: string
  readonly type: string
  readonly body: string
}

/** Collects a form; names and values are binary strings. Throws LuaFailure beyond the limits. */
export class Form {
  private readonly fields = new Map<string, string>()
  private readonly all = new Map<string, string[]>()
  private readonly files: FormFile[] = []
  private parts = 0

  /** Of fields with one name the first counts, as in `event.query`. */
  addField(name: string, value: string): void {
    this.count()
    if (value.length > MAX_FIELD_BYTES) {
      throw new LuaFailure(
        `a field of the form has ${value.length} bytes (at most ${MAX_FIELD_BYTES})`
      )
    }
    const before = this.all.get(name)
    if (before !== undefined) {
      before.push(value)
      return
    }
    this.fields.set(name, value)
    this.all.set(name, [value])
  }

  addFile(file: FormFile): void {
    this.count()
    this.files.push(file)
  }

  toLua(): ToLua {
    return new Map<string, ToLua>([
      ['fields', this.fields],
      ['fieldsAll', this.all],
      ['files', this.files.map(file => ({ ...file }))]
    ])
  }

  private count(): void {
    if (++this.parts > MAX_PARTS) {
      throw new LuaFailure(`the form has more than ${MAX_PARTS} fields and files`)
    }
  }
}
