/**
 * Mistakes of people who come from Lua 5.1, JavaScript or Python, recognised by the error and the line it
 * is in. Only called with an error at hand, so a false alarm costs a line of advice, never a refusal.
 */
import type { Fault } from '../contracts/records.js'
import { findLine, lastLineBefore, readLines } from './code-lines.js'
import { missingNames } from './error-names.js'

/** Characters of a line that are looked at: some patterns take time quadratic in it. */
const MAX_SCANNED_CHARS = 500
/** Lines that are looked at closely, of all that have what is looked for. */
const MAX_SCANNED_LINES = 200

type Rule = readonly [code: RegExp, advice: string]

/** Looked for in the failing line, texts and comments blanked out, when Lua could not read it. */
const syntaxRules: readonly Rule[] = [
  [/!==?/, 'Lua writes "not equal" as ~=, not !='],
  [/===/, 'Lua compares with ==, there is no ==='],
  [
    /=>/,
    'Lua has no arrow functions: write function (x) return … end (and >= for "greater or equal")'
  ],
  [/\+\+/, 'Lua has no ++: write i = i + 1'],
  [/\w\s*--\s*(?:$|;)/, 'Lua has no --, it begins a comment: write i = i - 1'],
  [/(?:[-+*/%^]|\.\.)=/, 'Lua has no += and the like: write x = x + 1'],
  [/&&/, 'Lua writes "and" instead of &&'],
  [/\|\|/, 'Lua writes "or" instead of ||'],
  [/!\s*[\w(]/, 'Lua writes "not" instead of !'],
  [/^\s*(?:let|const|var)\s/, 'Lua declares variables with local: local x = 1'],
  [/^\s*\/[/*]/, 'Lua comments begin with --, long ones are written --[[ … ]]'],
  [/\w\s*[.:]\s*repeat\b/, 'repeat is a word of the language: write strings["repeat"](text, n)'],
  [/^\s*(?:elif|elsif|else\s*if)\b/, 'Lua writes elseif, in one word, followed by then'],
  [
    /^\s*(?:switch|case|try|catch|throw|new|class|import|export|async|await|def)\b/,
    'This word is not Lua: use if … elseif … end for cases, pcall(f) to catch errors ' +
      'and error("text") to raise them'
  ],
  [
    /\bfor\s*\(/,
    'Lua writes loops as: for i = 1, 10 do … end, or for key, value in pairs(t) do … end'
  ],
  [/\bif\b.*[^=~<>]=[^=]/, 'A comparison is written ==, a single = assigns'],
  [/\?/, 'Lua has no ? : operator: write condition and a or b'],
  [/`/, 'Lua quotes texts with "…" or \'…\', long ones with [[…]]; join with ..']
]

/** A name alone is not a statement, which Lua notices at the word after it, usually on the next line. */
const CONTINUE = /^continue\s*;?$/
const continueAdvice =
  "Lua has no continue: write goto continue, and put ::continue:: before the loop's end"

/** The tokens Lua missed, as its message names them. */
const expectedRules: readonly Rule[] = [
  [/'then' expected/, 'An if or elseif needs its then: if condition then … end'],
  [/'do' expected/, 'A for or while loop needs its do: while condition do … end'],
  [/'}' expected/, 'Entries of a table are separated by commas: { a = 1, b = 2 }'],
  [
    /unfinished (?:string|long)/,
    'A text or comment is not closed: look for the missing quote or bracket'
  ],
  [/<eof> expected near 'end'/, 'There is one end too many, or a block was closed too early'],
  [/not inside a loop/, 'break works only inside a for, while or repeat loop'],
  [/no visible label/, 'goto needs a label ::name:: in the same or an outer block']
]

/** The advice for what this line seems to be meant as; empty when nothing is recognised. */
export function mistakeAt(fault: Fault, code: string, line: number | undefined): readonly string[] {
  const source = line === undefined ? '' : (readLines(code, line, 1)[0]?.text ?? '')
  if (fault.kind === 'syntax') return syntaxMistakes(fault.message, source, code, line)
  return missingNames(fault.message, source.slice(0, MAX_SCANNED_CHARS), code).slice(0, 2)
}

function syntaxMistakes(
  message: string,
  source: string,
  code: string,
  line = 0
): readonly string[] {
  const blanked = blankTexts(source)
  const found = syntaxRules
    .filter(([pattern]) => pattern.test(blanked))
    .slice(0, 2)
    .map(([, advice]) => advice)
  const expected = expectedRules
    .filter(([pattern]) => pattern.test(message))
    .map(([, advice]) => advice)
  if ([source, lastLineBefore(code, line)].some(text => CONTINUE.test(text.trim()))) {
    expected.unshift(continueAdvice)
  }
  if (/'end' expected/.test(message)) {
    const elseIf = findLine(code, /\belse[^\S\n\r]+if\b/g, MAX_SCANNED_LINES, text =>
      /\belse\s+if\b/.test(blankTexts(text))
    )
    if (elseIf !== undefined) {
      expected.unshift(
        `"else if" in line ${elseIf} opens a second block that needs an end of its own: write elseif`
      )
    }
  }
  return [...found, ...expected]
}

/**
 * The line with the insides of texts, and its comment, replaced; only what is code may be a mistake. A text that is
 * not closed goes on to the end of the line.
 */
function blankTexts(source: string): string {
  return source
    .slice(0, MAX_SCANNED_CHARS)
    .replace(
      /"(?:\\[^]|[^"\\])*(?:"|\\?$)|'(?:\\[^]|[^'\\])*(?:'|\\?$)|--(?:\s|\[\[)[^]*/g,
      match => (match.startsWith('-') ? '' : '""')
    )
}
