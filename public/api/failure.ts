/** A request that did not give what was asked for, in the words to show. */
export class Failure extends Error {
  override name = 'Failure'
  constructor(
    /** 0 when there was no answer at all. */
    readonly status: number,
    message: string,
    readonly requestId: string | undefined = undefined,
    /** The server's own words, which begin with the field that they are about: `slug: …`. */
    readonly said = ''
  ) {
    super(message)
  }
}

/** What was asked about is not there. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Failure && error.status === 404

/** A deletion of what is gone already, by somebody else or by an answer that was lost, has come true. */
export const orGone = (deletion: Promise<unknown>): Promise<unknown> =>
  deletion.catch((error: unknown) => {
    if (!isMissing(error)) throw error
  })

/** The server has said that nothing was done. Without that, for want of an answer say, what was sent may be stored. */
export const isRefused = (error: unknown): boolean =>
  error instanceof Failure && error.status > 0 && error.status < 500

/** A change that was refused because something else is there by now. */
export class Stale extends Failure {
  override name = 'Stale'
  constructor(
    message: string,
    requestId: string | undefined,
    /** What is there now, as the server sent it; null when it is gone. */
    readonly current: unknown,
    /** The tag to change that with; '' when it is gone. */
    readonly tag: string
  ) {
    super(412, message, requestId)
  }
}
