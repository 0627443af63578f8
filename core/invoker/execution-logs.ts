/** Logs of running executions: kept in memory until the run ends, and of longer runs written early. */
import type { LogEntry, LogLevel } from '../contracts/records.js'
import { maskLogMessage } from '../masking/event.js'

/** Runs that are older than this get their logs written while they run. */
const EARLY_MS = 500

export interface ExecutionLogs {
  readonly entries: readonly LogEntry[]
  readonly add: (level: LogLevel, message: string) => void
  /** Those not yet written; none are written early afterwards. */
  readonly close: () => readonly LogEntry[]
}

/** Longest message that is kept: masking and storing it takes the server's time. */
const MESSAGE_CHARACTERS = 64 * 1024

const cutMessage = (message: string): string =>
  message.length <= MESSAGE_CHARACTERS
    ? message
    : `${message.slice(0, MESSAGE_CHARACTERS)}… (cut: ${message.length} characters)`

type WriteLogs = (executionId: string, logs: readonly LogEntry[]) => void

/** `open` makes the logs of one execution; those of a run that is not `recorded` are only kept. */
export function createLogKeeper(write: WriteLogs) {
  const dirty = new Set<(now: number) => void>()
  let timer: NodeJS.Timeout | undefined

  function writeEarly(): void {
    const now = performance.now()
    for (const flush of dirty) flush(now)
    if (dirty.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  function open(executionId: string, recorded: boolean): ExecutionLogs {
    const entries: LogEntry[] = []
    const openedAt = performance.now()
    let written = 0
    const flush = (now: number): void => {
      if (now - openedAt < EARLY_MS) return
      dirty.delete(flush)
      write(executionId, entries.slice(written))
      written = entries.length
    }
    return {
      entries,
      add(level, message) {
        entries.push({
          level,
          message: maskLogMessage(cutMessage(message)),
          createdAt: Math.floor(Date.now() / 1000)
        })
        if (!recorded) return
        dirty.add(flush)
        timer ??= setInterval(writeEarly, EARLY_MS).unref()
      },
      close() {
        dirty.delete(flush)
        return written === 0 ? entries : entries.slice(written)
      }
    }
  }

  return { open }
}
