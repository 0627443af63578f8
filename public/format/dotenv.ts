/** What a pasted .env says: read by dotenv, and nothing left out without saying so. Loaded only where it is used. */
import { parse } from 'dotenv'

export interface PastedVariable {
  name: string
  value: string
  /** Why it cannot be taken; '' when it can. */
  problem: '' | 'name' | 'empty'
}

export interface PastedEnv {
  /** In their order; the last of repeated names wins. */
  variables: PastedVariable[]
  /** Lines that are neither a variable, nor a part of one, nor a comment. */
  leftOver: string[]
}

const problemOf = (name: string, value: string): PastedVariable['problem'] => {
  if (!/^[A-Za-z0-9_]+$/.test(name)) return 'name'
  return value.trim() === '' ? 'empty' : ''
}

export function readDotenv(text: string): PastedEnv {
  const found = Object.entries(parse(text))
  const begins = (line: string): boolean => {
    const name = /^(?:export\s+)?([\w.-]+)\s*[=:]/.exec(line)?.[1]
    return name !== undefined && found.some(([known]) => known === name)
  }
  const isInside = (line: string): boolean =>
    found.some(
      ([, value]) => value.includes('\n') && value.includes(line.replace(/["'`]\s*(#.*)?$/, ''))
    )
  const lines = text.split(/\r\n?|\n/).map(line => line.trim())
  return {
    variables: found.map(([name, value]) => ({ name, value, problem: problemOf(name, value) })),
    leftOver: lines.filter(
      line => line !== '' && !line.startsWith('#') && !begins(line) && !isInside(line)
    )
  }
}
