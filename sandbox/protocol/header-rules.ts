/** What may stand in a header of an answer; checked in the child for its words, in the server for safety. */

import { isHttpToken } from '../../core/base/http-token.js'

const controls = /[^\t\x20-\x7e\x80-\xff]/

/** Undefined when name and value (binary strings) may be sent; else why not, to follow the header's name. */
export function badHeader(name: string, value: string): string | undefined {
  if (!isHttpToken(name)) return 'has a name that HTTP does not allow'
  if (controls.test(value)) return 'has a line break or another control character in its value'
  return undefined
}
