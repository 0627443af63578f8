/** The management API of one server, as the commands call it. */
import { moonletVersion } from '../../base/version.js'
import { Failure } from '../failure.js'
import { toReason } from './unreachable.js'

const PATIENCE_MS = 120_000

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly json?: object
  readonly bytes?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
}

/** A status of 400 or more, with what the server said. */
export class Refusal extends Failure {
  constructor(
    readonly status: number,
    message: string,
    readonly body: Readonly<Record<string, unknown>>
  ) {
    super(exitOf(status), message, { status })
  }
}

const exitOf = (status: number) =>
  status === 401 || status === 403 ? 'refused' : status === 412 ? 'conflict' : 'failed'

export class Client {
  constructor(
    readonly url: string,
    private readonly token: string
  ) {}

  /** For calls of functions, which are other people's code. */
  withoutToken(url: string): Client {
    return new Client(url, '')
  }

  /** The body as JSON. Throws a Refusal for a status of 400 or more, and a Failure when there is no answer. */
  async json<T>(path: string, ask: Ask = {}): Promise<T> {
    const { bytes } = await this.bytes(path, ask)
    const text = bytes.toString('utf8')
    try {
      return (text === '' ? {} : JSON.parse(text)) as T
    } catch {
      throw this.notMoonlet(`it answered ${path} with something other than JSON`)
    }
  }

  async bytes(path: string, ask: Ask = {}): Promise<Answer> {
    const answer = await this.answer(path, ask)
    if (answer.status >= 400) throw this.toRefusal(path, answer)
    return answer
  }

  /** Any answer of the server, whatever its status. */
  async answer(path: string, ask: Ask = {}): Promise<Answer> {
    const response = await this.send(path, ask)
    try {
      const bytes = Buffer.from(await response.arrayBuffer())
      return { status: response.status, headers: response.headers, bytes }
    } catch (error) {
      throw this.unreachable(error)
    }
  }

  /** A response whose body is read as it comes. */
  async stream(path: string, ask: Ask): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.send(path, ask)
    if (response.status >= 400 || response.body === null) {
      const bytes = Buffer.from(await response.arrayBuffer())
      throw this.toRefusal(path, { status: response.status, headers: response.headers, bytes })
    }
    // Node's streams can be iterated, which the browser's types do not say.
    return response.body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>
  }

  unreachable(error: unknown): Failure {
    return new Failure('unreachable', toReason(this.url, error), {}, { cause: error })
  }

  private async send(
    path: string,
    { method = 'GET', query = {}, json, bytes, headers = {}, signal }: Ask
  ): Promise<Response> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
    const body = json === undefined ? (bytes as BodyInit | undefined) : JSON.stringify(json)
    let response: Response
    try {
      response = await fetch(`${this.url}${path}${given.length === 0 ? '' : `?${search}`}`, {
        method,
        headers: {
          ...(isOurs(path) ? { accept: 'application/json' } : {}),
          'user-agent': `moonlet-cli/${moonletVersion}`,
          ...headers,
          ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` })
        },
        ...(body === undefined ? {} : { body }),
        // The token is for this server alone.
        redirect: 'manual',
        signal: signal ?? AbortSignal.timeout(PATIENCE_MS)
      })
    } catch (error) {
      throw this.unreachable(error)
    }
    const location = response.headers.get('location')
    if (response.status >= 300 && response.status < 400 && location !== null && isOurs(path)) {
      throw this.notMoonlet(`it sends on to ${location}; log in with that URL`)
    }
    return response
  }

  private toRefusal(path: string, { status, headers, bytes }: Answer): Failure {
    const body = parse(bytes)
    if (body === undefined) return this.notMoonlet(`it answered ${path} with ${status}`)
    const said = typeof body.error === 'string' ? body.error : `the status ${status}`
    if (status === 401) {
      return new Refusal(
        status,
        this.token === ''
          ? `${this.url} wants a token: run "moonlet login ${this.url}", or set MOONLET_TOKEN`
          : `${this.url} does not take this token (${said}): it may be mistyped, expired or ended. ` +
              'Log in with another one.',
        body
      )
    }
    const retry = headers.get('retry-after')
    const again =
      status === 429 || status === 503 ? ` (try again in ${retry ?? 'some'} seconds)` : ''
    return new Refusal(status, `${said}${again}`, body)
  }

  private notMoonlet(why: string): Failure {
    return new Failure('unreachable', `${this.url} does not look like a Moonlet server: ${why}`)
  }
}

const isOurs = (path: string): boolean => !path.startsWith('/fn/')

function parse(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
