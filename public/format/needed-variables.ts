/** Which environment variables a program reads, as far as its text tells. */

/** Modules that read a key by themselves; a provider is named in the call. */
const byModule: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bai\.chat\b[^]*?["']openai["']/, 'OPENAI_API_KEY'],
  [/\bai\.chat\b[^]*?["']anthropic["']/, 'ANTHROPIC_API_KEY'],
  [/\bemail\.send\b/, 'RESEND_API_KEY']
]

const withoutComments = (code: string): string =>
  code.replace(/--\[(=*)\[[^]*?\]\1\]|--[^\n]*/g, '')

/** Names in the order of the program, each once. */
export function neededVariables(code: string): string[] {
  const program = withoutComments(code)
  const read = Array.from(
    program.matchAll(/\benv\.get\s*\(?\s*["'](\w+)["']/g),
    ([, name = '']) => name
  )
  const keys = byModule.filter(([call]) => call.test(program)).map(([, name]) => name)
  return [...new Set([...keys, ...read])]
}

export const missingVariables = (code: string, set: Readonly<Record<string, string>>): string[] =>
  neededVariables(code).filter(name => !Object.hasOwn(set, name))
