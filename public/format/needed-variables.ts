/** Which environment variables a program reads, as far as its text tells. */

interface Reader {
  readonly active_version: { readonly code: string }
  readonly env_vars: Readonly<Record<string, string>>
  /** Names of the variables that all functions share. */
  readonly shared?: readonly string[]
}

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

/** What the code of a function reads that neither it nor all functions have. */
export const missingVariables = ({
  active_version: { code },
  env_vars: own,
  shared = []
}: Reader): string[] =>
  neededVariables(code).filter(name => !Object.hasOwn(own, name) && !shared.includes(name))
