/**
 * The text kept with a failed execution: what went wrong, where, the code around it, and what to do about
 * it. The parts are read by people and by programs, so their shape is fixed (see the tests).
 */
import { moduleFile } from '../base/module-file.js'
import type { Fault } from '../contracts/records.js'
import { readLines } from './code-lines.js'
import { errorTip } from './error-tips.js'

/** Lines of code shown before and after the failing one. */
const AROUND = 2
/** Characters shown of one: the text is stored with each run that fails. */
const MAX_SHOWN_CHARS = 1000

/** Kinds whose message comes out of Lua, so that a line number in it is one of the function's code. */
const fromLua: ReadonlySet<Fault['kind']> = new Set(['syntax', 'load', 'runtime', 'memory'])

/**
 * The whole text for a fault of `code`: the function's, or that of the module which the fault names. Never throws;
 * parts that are not known are left out.
 */
export function errorText(fault: Fault, code: string): string {
  const line = lineOf(fault)
  const parts = [heading(fault, line)]
  if (line !== undefined && line >= 1) parts.push(...excerpt(code, line, fault.column))
  const tip = errorTip(fault, code, line)
  if (tip.length > 0) {
    parts.push([`[TIP] ${tip[0]}`, ...tip.slice(1).map(more => `  • ${more}`)].join('\n'))
  }
  return parts.join('\n\n')
}

/** What follows the message in such a text: the way there, the code around it, advice. */
const afterMessage = ['\nstack traceback:', '\n\n[CODE]\n', '\n\n[TIP] '] as const

/** What went wrong, without traceback, code and advice: what a search for a word looks at. */
export function errorMessageOf(text: string): string {
  const ends = afterMessage.map(mark => text.indexOf(mark)).filter(end => end >= 0)
  return text.slice(0, Math.min(text.length, ...ends))
}

/** The first line number of the message; else the one the engine knows. */
function lineOf(fault: Fault): number | undefined {
  const named = fromLua.has(fault.kind) ? /:(\d+):/.exec(fault.message)?.[1] : undefined
  return named === undefined ? fault.line : Number(named)
}

function heading(fault: Fault, line: number | undefined): string {
  const message = fault.code === undefined ? fault.message : `${fault.code}: ${fault.message}`
  const file = fault.module === undefined ? '' : ` of ${moduleFile(fault.module)}`
  const first = `${line === undefined ? 'Error' : `Error at line ${line}${file}`}: ${message}`
  return fault.traceback === undefined || fault.traceback === ''
    ? first
    : `${first}\n${fault.traceback.trimEnd()}`
}

/** Empty when the code has no such line. */
function excerpt(code: string, line: number, column: number | undefined): readonly string[] {
  const first = Math.max(1, line - AROUND)
  const lines = readLines(code, first, line + AROUND + 1 - first)
  if (!lines.some(({ number }) => number === line)) return []
  const shown: string[] = []
  for (const { number, text, next } of lines) {
    // A final newline begins no line of its own, unless the error is there ("near <eof>").
    if (text === '' && next > code.length && number !== line) continue
    const start = number === line ? startOfShown(text, column) : 0
    shown.push(
      `${number === line ? '> ' : '  '}${String(number).padStart(3)} | ${cut(text, start)}`
    )
    if (number === line && column !== undefined && column >= 1) {
      shown.push(caret(cut(text, start), line, column - start + (start > 0 ? CUT.length : 0)))
    }
  }
  return [['[CODE]', ...shown, '[/CODE]'].join('\n')]
}

const CUT = '…'

/** Where what is shown of a line begins; a column far behind is in its middle. */
const startOfShown = (text: string, column = 1): number =>
  column <= MAX_SHOWN_CHARS ? 0 : Math.min(column, text.length) - MAX_SHOWN_CHARS / 2

const cut = (text: string, start: number): string => {
  const end = start + MAX_SHOWN_CHARS
  return (start > 0 ? CUT : '') + text.slice(start, end) + (end < text.length ? CUT : '')
}

/** A line with `^` below the column; tabs are repeated so that it stays below it however wide they are. */
function caret(source: string, line: number, column: number): string {
  const before = source
    .slice(0, column - 1)
    .replace(/[^\t]/g, ' ')
    .padEnd(Math.min(column - 1, source.length))
  return ' '.repeat(`> ${String(line).padStart(3)} | `.length) + before + '^'
}
