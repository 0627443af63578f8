/** A server as a process of its own, watched by what started it: the tests of plugins, our own, the benchmarks. */
import type { ChildProcess } from 'node:child_process'

export interface ServerProcess {
  /** Its address without a trailing slash, once it listens. Rejects with what it printed when it ends before. */
  readonly base: Promise<string>
  /** What it has printed so far, on those of its outputs that are pipes. */
  readonly output: () => string
  /** Exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals>
}

export function watchServer(child: ChildProcess): ServerProcess {
  let output = ''
  const ended = new Promise<number | NodeJS.Signals>(resolve => {
    child.once('exit', (code, signal) => {
      resolve(signal ?? code ?? 0)
    })
  })
  const base = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const address = /listens on (http:\S+)/.exec(output)?.[1]
      if (address !== undefined) resolve(address)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    void ended.then(end => {
      reject(new Error(`The server ended with ${end}: ${output}`))
    })
  })
  return { base, output: () => output, ended }
}
