/** The chapters of the guide in their order, rendered when this is built; loaded where the guide is read. */
import type { RenderedText } from '../format/markdown.js'
import access from './access.md'
import backgroundWork from './background-work.md'
import data from './data.md'
import firstFunction from './first-function.md'
import fromLunar from './from-lunar.md'
import git from './git.md'
import http from './http.md'
import operating from './operating.md'
import plugins from './plugins.md'
import proxy from './proxy.md'
import schedules from './schedules.md'
import severalMachines from './several-machines.md'
import troubleshooting from './troubleshooting.md'

export interface Chapter extends RenderedText {
  /** In its address. */
  readonly name: string
}

export const chapters: readonly Chapter[] = [
  { name: 'first-function', ...firstFunction },
  { name: 'http', ...http },
  { name: 'data', ...data },
  { name: 'schedules', ...schedules },
  { name: 'access', ...access },
  { name: 'background-work', ...backgroundWork },
  { name: 'git', ...git },
  { name: 'plugins', ...plugins },
  { name: 'operating', ...operating },
  { name: 'proxy', ...proxy },
  { name: 'several-machines', ...severalMachines },
  { name: 'troubleshooting', ...troubleshooting },
  { name: 'from-lunar', ...fromLunar }
]
