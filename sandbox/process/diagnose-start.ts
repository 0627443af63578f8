/** Why a sandbox process does not start, in words that an operator can act on. */
import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { surroundings, type Command } from './spawn.js'

const LIMIT_MS = 20_000
const MAX_CHARACTERS = 2_000

const noProcesses =
  'the limit on processes and threads is reached: raise TasksMax of the unit, the pids limit of the container or ' +
  'ulimit -u, or lower SANDBOX_MAX'
const noFiles =
  'the limit on open files is reached: raise LimitNOFILE of the unit, or ulimit -n, or lower SANDBOX_MAX'
const noMemory = 'there is not enough memory: free some, or lower SANDBOX_POOL_MEMORY'

/** By the system's error where the process could not be made. */
const reasons: Readonly<Record<string, string>> = {
  EAGAIN: noProcesses,
  EMFILE: noFiles,
  ENFILE: noFiles,
  ENOMEM: noMemory
}

/** By what the commands before Node, and Node itself, complain of when they get no thread or process. */
const complaints: ReadonlyArray<readonly [RegExp, string]> = [
  [/resource temporarily unavailable|node_platform\.cc|(uv|pthread)_thread_create/i, noProcesses],
  [/too many open files/i, noFiles],
  [/cannot allocate memory/i, noMemory]
]

/**
 * Starts the command once more to hear what it complains of; at most 20 s and 2,000 characters. Never rejects, also
 * where the machine has neither processes nor descriptors to give.
 */
export async function diagnoseStart([file, args]: Command): Promise<string> {
  let child: ChildProcess
  try {
    child = spawn(file, args, {
      ...surroundings(),
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL'
    })
  } catch (error) {
    return explainError(file, error)
  }
  return new Promise(resolve => {
    let text = ''
    child.once('error', error => {
      resolve(explainError(file, error))
    })
    child.once('close', (exitCode, signal) => {
      resolve(explainText(text.trim(), `${file} ended with ${signal ?? `exit code ${exitCode}`}`))
    })
    // Where no descriptor was to be had there is no pipe either.
    const { stderr, stdio = [] } = child
    stderr?.setEncoding('utf8').on('data', (piece: string) => {
      if (text.length < MAX_CHARACTERS) text += piece
    })
    const [, , , channel] = stdio
    // It ends once all of its pipes have.
    const unread = channel as Readable | null | undefined
    unread?.on('error', () => {}).resume()
  })
}

function explainError(file: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const reason = reasons[code ?? '']
  return reason === undefined ? `${file} cannot be run: ${message}` : `${reason} (${String(code)})`
}

function explainText(text: string, otherwise: string): string {
  const said = (text === '' ? `it says nothing; ${otherwise}` : text).slice(0, MAX_CHARACTERS)
  const [, reason] = complaints.find(([pattern]) => pattern.test(text)) ?? []
  return reason === undefined ? said : `${reason}. It said: ${said}`
}
