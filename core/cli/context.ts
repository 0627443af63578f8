/** What every command of the program is given. */
import type { Terminal } from './terminal.js'

export interface Context {
  readonly terminal: Terminal
  /** Settings given as options, over those of the environment. */
  readonly settings: Readonly<Record<string, string>>
}
