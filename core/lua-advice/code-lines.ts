/**
 * Lines of code, counted as Lua counts them. Code may have a million lines, or one of a megabyte, and each call of a
 * function that fails looks at it: so no list of all lines is made, and all of this takes linear time.
 */

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

interface Line {
  /** From 1. */
  readonly number: number
  readonly text: string
  /** Index of the first character behind it and what ends it. */
  readonly next: number
}

/** `count` lines from the number `first` on; fewer where the code ends. */
export function readLines(code: string, first: number, count: number): readonly Line[] {
  const lines: Line[] = []
  let start = 0
  for (let number = 1; number < first + count && start <= code.length; number++) {
    const end = endOfLine(code, start)
    const next = behindLineEnd(code, end)
    if (number >= first) lines.push({ number, text: code.slice(start, end), next })
    start = next
  }
  return lines
}

/** The last line before this one that has something in it; '' when none has. */
export function lastLineBefore(code: string, line: number): string {
  let start = 0
  for (let number = 1; number < line && start <= code.length; number++) {
    start = behindLineEnd(code, endOfLine(code, start))
  }
  const before = code.slice(0, start).trimEnd()
  return before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1)
}

/**
 * The number of the first line that fits among those in which `hint`, a global pattern that matches within a line, is
 * found; undefined when there is none. `most`: how many lines are shown to `fits`.
 */
export function findLine(
  code: string,
  hint: RegExp,
  most: number,
  fits: (text: string) => boolean
): number | undefined {
  let [number, start, shown] = [1, 0, 0]
  hint.lastIndex = 0
  for (let match = hint.exec(code); match !== null && shown < most; match = hint.exec(code)) {
    let end = endOfLine(code, start)
    for (; end < match.index; number++) {
      start = behindLineEnd(code, end)
      end = endOfLine(code, start)
    }
    if (fits(code.slice(start, end))) return number
    shown++
    hint.lastIndex = end
  }
  return undefined
}

function endOfLine(code: string, from: number): number {
  let at = from
  while (at < code.length && !isLineEnd(code.charCodeAt(at))) at++
  return at
}

/** The two characters, in either order, are one end. At the end of the code: an index beyond it. */
function behindLineEnd(code: string, end: number): number {
  const [one, two] = [code.charCodeAt(end), code.charCodeAt(end + 1)]
  return end + (isLineEnd(two) && one !== two ? 2 : 1)
}

const isLineEnd = (unit: number): boolean => unit === LINE_FEED || unit === CARRIAGE_RETURN
