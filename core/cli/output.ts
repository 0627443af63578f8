/** Where a command's words go: to the terminal, or, with `--json`, nowhere but into one document. */
import type { Context } from './context.js'
import type { Terminal } from './terminal.js'

export interface Output {
  readonly terminal: Terminal
  report: Context['report']
  emit: Context['emit']
  /** Prints the document, if there is to be one; `failure` takes its place. */
  end(failure?: object): void
}

export function createOutput(terminal: Terminal, json: boolean): Output {
  if (!json) return { terminal, report() {}, emit() {}, end() {} }
  const messages: string[] = []
  let document: object | undefined
  let isStream = false
  return {
    terminal: {
      say(line) {
        messages.push(line)
      },
      note() {},
      progress() {}
    },
    report(given) {
      document = given
    },
    emit(given) {
      isStream = true
      terminal.say(JSON.stringify(given))
    },
    end(failure) {
      if (isStream && failure === undefined) return
      terminal.say(JSON.stringify(failure ?? document ?? { messages }))
    }
  }
}
