/** What every command of the program is given. */
import type { Terminal } from './terminal.js'

/** What a command may do to its process. */
export interface OwnProcess {
  /** From now on it takes what a server beside it leaves of the processor. */
  lowerPriority(): void
  /** From now on it ends when nobody reads what it says. */
  endWhenUnread(): void
}

export interface Context extends OwnProcess {
  readonly terminal: Terminal
  /** Settings given as options, over those of the environment. */
  readonly settings: Readonly<Record<string, string>>
  /** With `--json`: what is said goes nowhere, and what is reported is printed. */
  readonly json: boolean
  /** The one document of `--json`. */
  report(document: object): void
  /** One document of several, each in a line, of commands that go on until they are ended. */
  emit(document: object): void
}

/** Runs a command with what commands are given, and keeps its exit code. */
export type Runner = (command: (context: Context) => Promise<number>) => Promise<void>
