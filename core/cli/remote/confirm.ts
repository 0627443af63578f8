/** Asking whoever sits at the terminal. */
import { once } from 'node:events'
import type { Context } from '../context.js'

/** Undefined: nobody can be asked. */
export async function confirm({ json }: Context, question: string): Promise<boolean | undefined> {
  if (json || process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined
  const { createInterface } = await import('node:readline/promises')
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await asking.question(`${question} [y/N] `)
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    asking.close()
  }
}

/** One line from whoever runs this, or from what is piped into it; a terminal does not show what is typed. */
export async function readSecret({ json }: Context, question: string): Promise<string> {
  const [{ createInterface }, { Writable }] = await Promise.all([
    import('node:readline'),
    import('node:stream')
  ])
  const terminal = process.stdin.isTTY === true
  const asks = terminal && !json
  if (asks) process.stderr.write(question)
  const output = new Writable({
    write: (_chunk, _encoding, done) => {
      done()
    }
  })
  const reading = createInterface({ input: process.stdin, output, terminal })
  try {
    const ended = once(reading, 'close').then(() => '')
    const line = once(reading, 'line').then(([text]: unknown[]) => String(text))
    return (await Promise.race([line, ended])).trim()
  } finally {
    reading.close()
    if (asks) process.stderr.write('\n')
  }
}
