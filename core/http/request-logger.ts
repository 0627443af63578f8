/** The logger of one request: with its id in every line, and made only if there is a line to write. */
import type { FastifyBaseLogger } from 'fastify'

type Child = FastifyBaseLogger['child']
type Line = [fields: unknown, ...rest: unknown[]]

export class RequestLogger implements FastifyBaseLogger {
  private made: FastifyBaseLogger | undefined

  constructor(
    private readonly parent: FastifyBaseLogger,
    private readonly bindings: Parameters<Child>[0],
    private readonly options: Parameters<Child>[1]
  ) {}

  private get own(): FastifyBaseLogger {
    this.made ??= this.parent.child(this.bindings, this.options)
    return this.made
  }

  get level(): string {
    return this.own.level
  }
  set level(level: string) {
    this.own.level = level
  }

  child(...bindings: Parameters<Child>): FastifyBaseLogger {
    return this.own.child(...bindings)
  }

  fatal(...line: Line): void {
    this.own.fatal(...(line as [object]))
  }
  error(...line: Line): void {
    this.own.error(...(line as [object]))
  }
  warn(...line: Line): void {
    this.own.warn(...(line as [object]))
  }
  info(...line: Line): void {
    this.own.info(...(line as [object]))
  }
  debug(...line: Line): void {
    this.own.debug(...(line as [object]))
  }
  trace(...line: Line): void {
    this.own.trace(...(line as [object]))
  }
  silent(...line: Line): void {
    this.own.silent(...(line as [object]))
  }
}
