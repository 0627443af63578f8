/** Code as text and back, for code that the build compiles. */
import { Code } from './code.js'

type Plain = Omit<Code, 'functions'> & { readonly functions: readonly Plain[] }

const numbers = ['instructions', 'operands', 'original', 'lines'] as const
/** Made anew by the constructor: what was seen in runs. */
const hints = ['shapes', 'slots', 'protoShapes', 'protoSlots', 'transitions'] as const

export function toText(code: Code): string {
  return JSON.stringify(code, (key, value: unknown) => {
    if (hints.some(name => name === key)) return undefined
    return value instanceof Int32Array ? [...value] : value
  })
}

/** `text` is what `toText` gave. */
export const fromText = (text: string): Code => toCode(JSON.parse(text) as Plain)

function toCode(plain: Plain): Code {
  const arrays = Object.fromEntries(numbers.map(name => [name, Int32Array.from(plain[name])]))
  return new Code({
    ...plain,
    ...arrays,
    // JSON has null where Lua has nil.
    constants: plain.constants.map(value => value ?? undefined),
    functions: plain.functions.map(toCode)
  })
}
