/** A response that the function streams, read as it comes. */

/** How often what has come is shown at most. */
const SHOW_MS = 150

type Bytes = Uint8Array<ArrayBuffer>

/** The server tells how long a run took, unless it is still going. */
export const isStreamed = ({ headers }: Pick<Response, 'headers'>): boolean =>
  headers.has('x-execution-id') && !headers.has('x-execution-duration-ms')

export interface StreamEnd {
  readonly body: Bytes
  /** False: it broke off, or was stopped. */
  readonly isWhole: boolean
}

/** Calls `onPart` with all that has come, now and then. */
export async function readStream(
  { body }: Response,
  onPart: (bytes: Bytes) => void
): Promise<StreamEnd> {
  const parts: Bytes[] = []
  let shownAt = -Infinity
  let timer: ReturnType<typeof setTimeout> | undefined
  const show = (): void => {
    clearTimeout(timer)
    timer = undefined
    shownAt = performance.now()
    onPart(joined(parts))
  }
  const reader = body?.getReader()
  try {
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      parts.push(next.value)
      const wait = shownAt + SHOW_MS - performance.now()
      if (wait <= 0) show()
      else timer ??= setTimeout(show, wait)
    }
    return { body: joined(parts), isWhole: true }
  } catch {
    return { body: joined(parts), isWhole: false }
  } finally {
    clearTimeout(timer)
  }
}

function joined(parts: readonly Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
