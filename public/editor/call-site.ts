/** Finds the call that the cursor is in, looking backwards over nested brackets and texts. */
export interface CallSite {
  module: string
  name: string
  argument: number
}

const openers = '([{'
const closers = ')]}'

/** Blanks out texts and comments, so that brackets and commas in them do not count. Length stays the same. */
const withoutTexts = (code: string): string =>
  code
    .replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, text => ' '.repeat(text.length))
    .replace(/--[^\n]*/g, text => ' '.repeat(text.length))

export function findCall(codeBefore: string): CallSite | undefined {
  const code = withoutTexts(codeBefore)
  let depth = 0
  let argument = 0
  for (let at = code.length - 1; at >= 0; at--) {
    const character = code[at] ?? ''
    if (closers.includes(character)) depth++
    else if (openers.includes(character)) {
      if (depth > 0) depth--
      else if (character === '(') {
        const callee = /(?:(\w+)\s*\.\s*)?(\w+)\s*$/.exec(code.slice(0, at))
        return callee?.[2] === undefined
          ? undefined
          : { module: callee[1] ?? '', name: callee[2], argument }
      } else argument = 0 // Inside a table given as an argument: commas so far separated its fields.
    } else if (character === ',' && depth === 0) argument++
  }
  return undefined
}
