/**
 * Advice for people whose function failed. The kind of the error gives the general advice; what its message
 * and line look like may add something more to the point, which then comes first.
 */
import type { Fault } from '../contracts/records.js'
import { mistakeAt } from './error-mistakes.js'

/** Characters of the message that are looked at; the function may have raised a text of any length. */
const MAX_SCANNED_CHARS = 1000

interface Kind {
  readonly when: RegExp | ((fault: Fault) => boolean)
  readonly advice: readonly string[]
}

/** First match wins. The wordings are those of Lua 5.3; 5.1's are understood too. */
const kinds: readonly Kind[] = [
  {
    when: /attempt to index (a nil value|.*\(a nil value\))/,
    advice: [
      'A variable or field is nil where a table was expected',
      'Check that the variable is set before reading a field of it: if value ~= nil then … end',
      'Functions that can fail return nil, err: check err first'
    ]
  },
  {
    when: /attempt to index/,
    advice: [
      'Only tables (and texts) have fields',
      'Use type(value) == "table" before accessing a field'
    ]
  },
  {
    when: /attempt to call (a nil value|.*\(a nil value\))/,
    advice: [
      'The function is not defined: its name may be misspelt',
      'Define a function above the line that calls it, and check the spelling, upper and lower case included'
    ]
  },
  {
    when: /attempt to call/,
    advice: [
      'Only functions can be called',
      'Check that no variable of the same name hides the function, and that no comma is missing before a bracket'
    ]
  },
  {
    when: /bad argument.*expected.*got/,
    advice: [
      'An argument has the wrong type',
      'Check the type of the argument with type(value) before the call',
      'Convert it first: tostring(value) for text, tonumber(value) for a number'
    ]
  },
  {
    when: /bad argument/,
    advice: [
      'An argument has a value that the function does not take',
      'Print the argument with log.info(tostring(value)) and compare it with what the function expects'
    ]
  },
  {
    when: /is a global, which needs no require/,
    advice: ['This module is a global already: leave its require out']
  },
  {
    when: /module '[^']*' not found/,
    advice: [
      'There is no shared module of this name: create it, or correct the name, in which capital letters count',
      'The modules of the server itself (json, http, kv and so on) are globals, which need no require'
    ]
  },
  {
    when: /loop in require/,
    advice: [
      'Modules that require each other cannot be loaded: move what both need into a third one',
      'Or call require within the function that needs it, not at the top of the module'
    ]
  },
  {
    when: /private address|loopback address|address .*(refused|not allowed)/i,
    advice: [
      'Functions may not call private or local addresses',
      "Call a public address, or have the server's operator allow the address in the settings"
    ]
  },
  {
    when: /unexpected symbol|syntax error/,
    advice: [
      'Check the syntax of this line and the one above it',
      'Look for a missing or extra comma, quote or bracket'
    ]
  },
  {
    when: /'end' expected/,
    advice: [
      'A block is not closed: every function, if, for and while needs a matching end',
      'Look for the block named in the message and add its end; indent the code to see which one is open'
    ]
  },
  {
    when: fault => fault.kind === 'syntax',
    advice: [
      'Lua cannot read this line',
      'Look for a missing or extra comma, quote or bracket, also in the line above'
    ]
  },
  {
    when: /attempt to perform (arithmetic|bitwise)/,
    advice: [
      'Arithmetic needs numbers',
      'Turn text into a number with tonumber(value)',
      'Check for nil before calculating: local n = tonumber(value) or 0'
    ]
  },
  {
    when: /attempt to concatenate/,
    advice: [
      'Only texts and numbers can be joined with ..',
      'Turn the value into text with tostring(value)',
      'Check for nil first: (value or "")'
    ]
  },
  {
    when: /attempt to compare/,
    advice: [
      'Only two values of the same type, both numbers or both texts, can be compared',
      'Convert one side first, with tonumber(value) or tostring(value), and check for nil'
    ]
  },
  {
    when: /attempt to get length/,
    advice: ['Only texts and tables have a length', 'Check for nil before using #']
  },
  {
    when: /stack overflow/,
    advice: [
      'A function calls itself without an end',
      'Make sure that the recursion stops at some value',
      'Use a loop instead of very deep recursion'
    ]
  },
  {
    when: fault => fault.kind === 'memory' || /not enough memory/.test(fault.message),
    advice: [
      'The function used more memory than one run may have',
      'Look for a table or a text that grows in a loop',
      'Work on smaller pieces, and join many texts with table.concat instead of ..'
    ]
  },
  {
    when: fault => fault.kind === 'no-handler' || /handler function not found/.test(fault.message),
    advice: [
      'Define a global function: function handler(ctx, event) … end',
      'It must not be local, and its name is written in small letters'
    ]
  },
  {
    when: fault =>
      fault.kind === 'bad-return' || /handler did not return a table/.test(fault.message),
    advice: [
      'Return a table from the handler: return { statusCode = 200, body = "text" }',
      'Every way through the handler needs its return'
    ]
  },
  {
    when: fault => fault.kind === 'bad-answer',
    advice: [
      'The answer table has a value that HTTP does not allow',
      'statusCode must be from 100 to 999; header names and values may not hold line breaks'
    ]
  },
  {
    when: fault => fault.kind === 'timeout' || /timed out/.test(fault.message),
    advice: [
      'The function ran longer than one run may take',
      'Look for a loop that does not end, long sleeps, or a slow server it waits for',
      'Split long work into several runs: keep the position with kv.set and go on in the next one'
    ]
  },
  {
    when: fault => fault.kind === 'limit',
    advice: [
      'The function went beyond a limit that the message names',
      "Do less in one run, or have the server's operator raise the limit"
    ]
  },
  {
    when: /'for' .* must be a number/,
    advice: [
      'The start, limit and step of a for loop must be numbers',
      'Turn text into a number with tonumber(value)'
    ]
  },
  {
    when: /table index is (nil|NaN)/,
    advice: [
      'nil cannot be the key of a table entry',
      'Check the key before writing: if key ~= nil then t[key] = value end'
    ]
  },
  {
    when: /malformed pattern|invalid pattern capture|unfinished capture/,
    advice: [
      'The characters ^$()%.[]*+-? have a meaning in Lua patterns',
      'Write % before such a character, or use strings.contains and strings.replace, which take plain text'
    ]
  },
  {
    when: /attempt to yield from outside a coroutine/,
    advice: [
      'coroutine.yield works only in a function started with coroutine.create or coroutine.wrap'
    ]
  },
  {
    when: /cannot resume dead coroutine/,
    advice: ['The coroutine has already ended', 'Check coroutine.status(co) before resuming it']
  }
]

/** Lines of advice, the most fitting first; none when nothing is known about such an error. */
export function errorTip(whole: Fault, code: string, line: number | undefined): readonly string[] {
  const fault = { ...whole, message: whole.message.slice(0, MAX_SCANNED_CHARS) }
  const kind = kinds.find(({ when }) =>
    typeof when === 'function' ? when(fault) : when.test(fault.message)
  )
  return [...mistakeAt(fault, code, line), ...(kind?.advice ?? [])]
}
