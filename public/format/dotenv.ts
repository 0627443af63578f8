/** Reads `NAME=value` lines as .env files have them: comments, `export`, quotes, escapes in double quotes. */
const line = /^\s*(?:export\s+)?([A-Za-z0-9_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\n]*?))\s*(?:#.*)?$/

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }
const unescape = (text: string): string => text.replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character)

export interface Variable { name: string, value: string }

/** Variables in their order; the last of repeated names wins. Lines that are none are left out. */
export function parseDotenv (text: string): Variable[] {
  const found = new Map<string, string>()
  for (const candidate of text.split(/\r?\n/)) {
    if (/^\s*(#|$)/.test(candidate)) continue
    const match = line.exec(candidate)
    if (!match) continue
    const [, name = '', double, single, plain = ''] = match
    found.set(name, double !== undefined ? unescape(double) : single ?? plain)
  }
  return Array.from(found, ([name, value]) => ({ name, value }))
}
