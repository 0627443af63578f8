/** A request that did not give what was asked for, in the words to show. */
export class Failure extends Error {
  override name = 'Failure'
  constructor (
    /** 0 when there was no answer at all. */
    readonly status: number,
    message: string,
    readonly requestId: string | undefined = undefined
  ) {
    super(message)
  }
}
