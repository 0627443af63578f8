/** Pieces of texts, on the account of the run. */
import { chargeString } from '../memory.js'

/** `text` from `first` to `last` as string.sub counts. */
export function luaSub(text: string, first: number, last: number): string {
  const { length } = text
  if (first < 0) first = Math.max(length + first + 1, 1)
  else if (first === 0) first = 1
  if (last < 0) last = length + last + 1
  else if (last > length) last = length
  return first > last ? '' : substring(text, first - 1, last)
}

/** Pieces shorter than this V8 copies anyway; from larger texts it keeps the whole alive for a piece. */
const COPIED = 13
const LARGE = 4096

/** A piece of a text that does not hold on to the text when it is much smaller. */
export function substring(text: string, from: number, to: number): string {
  const piece = text.slice(from, to)
  chargeString(piece.length)
  if (piece.length < COPIED || text.length < LARGE || piece.length * 2 > text.length) return piece
  return (' ' + piece).slice(1)
}
