/**
 * What people can act on when something does not start: one sentence and its remedy, for the start itself, the commands
 * and `moonlet doctor`. Imports nothing that could be missing.
 */
import { MoonletError } from '../base/errors.js'
import { fileReason } from '../base/file-reason.js'

type SystemError = NodeJS.ErrnoException & { readonly address?: string; readonly port?: number }

const REINSTALL = 'install the packages again, with "npm ci" in the folder of Moonlet'

/** The message; for what no message was written for, where it came from. */
export function startError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return explain(error) ?? error.stack ?? error.message
}

/** The same, never with where it came from: beside what was looked at, that says enough. */
export const toSentence = (error: unknown): string =>
  error instanceof Error ? (explain(error) ?? error.message) : String(error)

/** Says why the start fails, and ends the process. */
export function failStart(error: unknown): never {
  process.stderr.write(`Moonlet could not start. ${startError(error)}\n`)
  process.exit(1)
}

/** Undefined for errors that nobody has foreseen. A cause that says more comes before the error's own message. */
function explain(error: Error): string | undefined {
  const cause = error.cause instanceof Error ? explainSystem(error.cause) : undefined
  if (cause !== undefined) return cause
  if (error instanceof MoonletError || error.name === 'MoonletError') return error.message
  return explainSystem(error) ?? explainFile(error)
}

function explainSystem(error: Error): string | undefined {
  const { code, address = '', port, syscall } = error as SystemError
  // Of a connection to somewhere else other words are said, by whoever made it.
  if (syscall === 'connect') return undefined
  if (code === 'EADDRINUSE') return portInUse(address, port)
  if (code === 'EACCES' && port !== undefined) {
    return `Port ${port} needs more rights; set PORT to one from 1024 on.`
  }
  if (code === 'EADDRNOTAVAIL') {
    return `This machine has no address ${address}; set HOST to one that it has, or to 0.0.0.0 for all.`
  }
  if (code === 'ENOTFOUND' && port !== undefined) {
    return `The name in HOST (${address || 'unknown'}) is not known; set HOST to an address of this machine.`
  }
  return explainLoading(error, code)
}

/** A file that cannot be made, read or written. */
function explainFile(error: Error): string | undefined {
  const { path, syscall } = error as SystemError
  // What is missing is the affair of whoever looked for it.
  const reason = (error as SystemError).code === 'ENOENT' ? undefined : fileReason(error)
  if (reason === undefined || syscall === undefined) return undefined
  return path === undefined
    ? `A file cannot be used (${syscall}): ${reason}.`
    : `${path} cannot be used (${syscall}): ${reason}.`
}

export const portInUse = (address: string, port: number | undefined): string =>
  `Port ${port} of ${address} is in use; set PORT to another one.`

/** A package that is not there, or an addon that does not load. */
function explainLoading({ message }: Error, code: string | undefined): string | undefined {
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    const name = /'([^']+)'/.exec(message)?.[1] ?? 'that it needs'
    return `Moonlet is not whole, ${name} is missing: ${REINSTALL}.`
  }
  const [, library] = /(lib[\w.+-]+): cannot open shared object file/.exec(message) ?? []
  if (library !== undefined) {
    return `The system's library ${library} is missing, which better-sqlite3 needs: install it.`
  }
  const [, version] = /version [`'"]?(GLIBC\w*_[\d.]+)/.exec(message) ?? []
  if (version !== undefined) {
    return `This system's C library has no ${version}, which better-sqlite3 needs: use a newer system.`
  }
  const isAddon = code === 'ERR_DLOPEN_FAILED' || message.includes('better_sqlite3.node')
  if (isAddon || /NODE_MODULE_VERSION|bindings file/.test(message)) {
    return (
      `better-sqlite3 does not load in Node.js ${process.version} on ${process.platform}-${process.arch}: ` +
      `${REINSTALL}, and start it by moonlet, which chooses the right Node.js.`
    )
  }
  return undefined
}
