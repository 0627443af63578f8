/** The server's own log: JSON lines for machines, short readable lines on a terminal. */
import pino, { type DestinationStream, type Logger } from 'pino'
import type { Config } from '../../config/schema.js'
import { MoonletError } from '../base/errors.js'
import { LogOutput } from './log-output.js'

const STDOUT = 1
/** Bytes of one write. */
const MAX_WRITE = 64 * 1024

/** What the kernel writes to a pipe without mixing it with the writes of others; see pipe(7). */
const WHOLE_WRITE = 4096

/**
 * Lines are buffered for a moment, so that logging costs a call next to nothing; `flush` writes them out.
 * Secrets are redacted by name in case an object that holds one is ever logged. Several workers write to one
 * output: their lines say which of them it was.
 */
export function createLogger(
  config: Pick<Config, 'LOG_LEVEL'>,
  terminal: boolean,
  worker?: number
): { logger: Logger; flush: () => void } {
  const output = new LogOutput({
    fd: STDOUT,
    ...(worker === undefined
      ? { minBytes: 4096, maxBytes: MAX_WRITE }
      : { minBytes: WHOLE_WRITE / 2, maxBytes: WHOLE_WRITE }),
    onDropped: lines => {
      logger.warn({ lines }, 'the log had no room for a while: lines are missing')
    }
  })
  const destination: DestinationStream = terminal
    ? {
        write: line => {
          output.write(toReadable(line))
        }
      }
    : output
  const logger: Logger = pino(
    {
      level: config.LOG_LEVEL,
      base: worker === undefined ? null : { worker },
      serializers: { err: serializeError },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['req.headers.authorization', 'req.headers.cookie', 'apiKey', '*.apiKey']
    },
    destination
  )
  const flush = (): void => {
    output.flushSync()
  }
  // A start that fails ends without another word to the log.
  process.once('exit', flush)
  return { logger, flush }
}

/** What the database says is no fault of this program: it needs no stack. */
const STORAGE_CODES: ReadonlySet<unknown> = new Set(['DATABASE_UNAVAILABLE', 'STORAGE_FAILED'])

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const serialized = pino.stdSerializers.err(error)
  if (!(error instanceof MoonletError && STORAGE_CODES.has(error.code))) return serialized
  const { stack: _stack, ...rest } = serialized
  return rest
}

const levelNames: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'ERROR',
  60: 'FATAL'
}

function toReadable(line: string): string {
  const { level, time, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown> & {
    err?: { stack?: string; message?: string }
  }
  const fields = Object.entries(rest)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
  const clock = String(time).slice(11, 19)
  const error = err?.stack ?? err?.message
  return (
    `${clock} ${(levelNames[Number(level)] ?? String(level)).padEnd(5)} ` +
    `${String(msg ?? '')}${fields === '' ? '' : `  ${fields}`}\n${error === undefined ? '' : `${error}\n`}`
  )
}
