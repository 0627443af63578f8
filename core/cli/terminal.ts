/** What the `moonlet` program says: results on standard output, progress and complaints on standard error. */

/** How a line stands out on a terminal. */
export type Style = 'added' | 'removed' | 'faint' | 'bold'

export interface Terminal {
  /** One line of result. */
  say(line: string, style?: Style): void
  /** One line that is not part of the result. */
  note(line: string): void
  /** How far long work is; on a terminal one line that changes, elsewhere a line every few seconds. */
  progress(what: string, done: number, total: number): void
}

/**
 * What is printed comes from files of others too: controls, which could move the cursor, hide text or forge lines, are
 * shown as escapes, and so is what turns the direction of writing.
 */

const printable = (line: string): string =>
  // eslint-disable-next-line no-control-regex
  line.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, char =>
    char === '\t' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  )

const QUIET_MS = 5_000

/** Numbers of ECMA-48, "select graphic rendition". */
const styles: Readonly<Record<Style, number>> = { bold: 1, faint: 2, removed: 31, added: 32 }

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean }

/** Colours are for terminals alone, and not where NO_COLOR is set (no-color.org). */
const hasColours = (out: Output, env: NodeJS.ProcessEnv): boolean =>
  out.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'

export function createTerminal(
  out: Output,
  err: Output,
  now: () => number = Date.now,
  env: NodeJS.ProcessEnv = process.env
): Terminal {
  let shown = false
  let last = now()
  const isColoured = hasColours(out, env)
  const clear = () => {
    if (shown) err.write('\r\u001B[K')
    shown = false
  }
  return {
    say(line, style) {
      clear()
      const text = printable(line)
      out.write(
        isColoured && style !== undefined
          ? `\u001B[${styles[style]}m${text}\u001B[0m\n`
          : `${text}\n`
      )
    },
    note(line) {
      clear()
      err.write(`${printable(line)}\n`)
    },
    progress(what, done, total) {
      const text = `${what}: ${total === 0 ? 100 : Math.floor((100 * done) / total)} %`
      if (err.isTTY === true) {
        err.write(`\r\u001B[K${text}`)
        shown = true
        if (done >= total) clear()
      } else if (now() - last >= QUIET_MS) {
        last = now()
        err.write(`${text}\n`)
      }
    }
  }
}
