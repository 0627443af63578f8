/** Method and path of the request that an execution had, from its stored event. */

export interface RequestLine {
  readonly method?: string
  readonly path?: string
}

/** As the events of Moonlet and of the reference begin. */
const beginning = /^\{"method":("(?:[^"\\]|\\.)*"),"path":("(?:[^"\\]|\\.)*")/

/** Reads no further than it has to: events may hold megabytes, and lists show many. Empty texts count as none. */
export function readRequestLine(eventJson: string): RequestLine {
  const [, method, path] = beginning.exec(eventJson) ?? []
  return method !== undefined && path !== undefined
    ? toRequestLine(parse(method), parse(path))
    : readWhole(eventJson)
}

/** For events that begin with something else, as databases from elsewhere may hold. */
function readWhole(eventJson: string): RequestLine {
  const event = parse(eventJson)
  if (typeof event !== 'object' || event === null) return {}
  const { method, path } = event as { method?: unknown; path?: unknown }
  return toRequestLine(method, path)
}

const toRequestLine = (method: unknown, path: unknown): RequestLine => ({
  ...(typeof method === 'string' && method !== '' ? { method } : {}),
  ...(typeof path === 'string' && path !== '' ? { path } : {})
})

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
