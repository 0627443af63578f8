/** How many rows there are and a sum of their SHA-256, which does not depend on their order. */
import { hash } from 'node:crypto'

type Value = string | number | boolean | Uint8Array | null

const WORDS = 8
const HEX_DIGITS = 8

export class RowSums {
  rows = 0
  private readonly words = new Uint32Array(WORDS)

  constructor(private readonly columns: readonly string[]) {}

  /** Equal values give equal sums, whichever database they come from. */
  add(row: Readonly<Record<string, unknown>>): void {
    let text = ''
    for (const column of this.columns) text += describe(row[column] as Value)
    const digest = hash('sha256', text, 'buffer')
    for (let i = 0; i < WORDS; i++) {
      this.words[i] = (this.words[i] ?? 0) + digest.readUInt32BE(4 * i)
    }
    this.rows++
  }

  /** In hex digits. */
  get sum(): string {
    return Array.from(this.words, word => word.toString(16).padStart(HEX_DIGITS, '0')).join('')
  }
}

/** No two rows of values give the same text: each value says how long it is. */
function describe(value: Value): string {
  if (value === null) return '-'
  if (typeof value === 'string') return `s${value.length}:${value}`
  if (typeof value === 'object') {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return `b${bytes.length}:${bytes.toString('latin1')}`
  }
  return `n${Number(value)};`
}
