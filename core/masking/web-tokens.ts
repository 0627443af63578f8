/**
 * Replaces JSON web tokens: three parts of `A-Za-z0-9_-` joined by dots, the first two starting with `eyJ`.
 * As a regular expression this is quadratic in a text such as `eyJeyJeyJ…`; here every character is looked at
 * a bounded number of times, because the search goes from dot to dot.
 */
export function maskWebTokens(text: string, replacement: string): string {
  let masked = ''
  let done = 0
  for (
    let dot = text.indexOf('.eyJ');
    dot !== -1;
    dot = text.indexOf('.eyJ', Math.max(dot + 1, done))
  ) {
    const start = tokenStart(text, dot, done)
    if (start === -1) continue
    const second = endOfPart(text, dot + 1)
    if (text.charCodeAt(second) !== DOT) continue
    const end = endOfPart(text, second + 1)
    if (end === second + 1) continue
    masked += text.slice(done, start) + replacement
    done = end
  }
  return done === 0 ? text : masked + text.slice(done)
}

const DOT = 0x2e

/** Where the first `eyJ` of the part before `dot` is, not before `from`; -1 when there is none. */
function tokenStart(text: string, dot: number, from: number): number {
  let first = dot
  while (first > from && isPartUnit(text.charCodeAt(first - 1))) first--
  const index = text.slice(first, dot).indexOf('eyJ')
  return index === -1 ? -1 : first + index
}

function endOfPart(text: string, from: number): number {
  let end = from
  while (end < text.length && isPartUnit(text.charCodeAt(end))) end++
  return end
}

/** A-Z, a-z, 0-9, underscore, hyphen. */
function isPartUnit(unit: number): boolean {
  return (
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0x41 && unit <= 0x5a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    unit === 0x5f ||
    unit === 0x2d
  )
}
