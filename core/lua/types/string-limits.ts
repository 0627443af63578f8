/** The limit on the length of texts and bytes. */
import { TypeMismatch } from './mismatch.js'

export const atMostBytes = ({ max }: { readonly max?: number }): string | undefined =>
  max === undefined ? undefined : `at most ${max} bytes`

export const tooLong = (max: number, got: number): TypeMismatch =>
  new TypeMismatch(`at most ${max} bytes allowed, got ${got}`)
