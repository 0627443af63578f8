/** How commands end that cannot do what was asked. */

/** What the program exits with; documented in the guide. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  /** The server and the folder differ, or somebody else changed what was to be changed. */
  conflict: 3,
  /** No token, a wrong one, or one without the scope. */
  refused: 4,
  /** The server cannot be reached, or is not one. */
  unreachable: 5
} as const

/** Ends the program with a message that says what to do, and with `details` beside it in JSON. */
export class Failure extends Error {
  override name = 'Failure'
  constructor(
    readonly exit: keyof typeof exitCodes,
    message: string,
    readonly details: object = {},
    options: { cause?: unknown } = {}
  ) {
    super(message, options)
  }
}
