/** Which files a function or module is in, as paths from the project's folder. */
import { CODE_FILE, SETTINGS_FILE } from '../../../export-import/function-file.js'
import type { Compared } from './compare.js'
import type { Local } from './local.js'

export interface Files {
  readonly code: string
  readonly settings: string
}

export const filesOf = ({ kind, folder }: Pick<Local, 'kind' | 'folder'>): Files =>
  kind === 'function'
    ? { code: `${folder}/${CODE_FILE}`, settings: `${folder}/${SETTINGS_FILE}` }
    : { code: `${folder}.lua`, settings: `${folder}.json` }

/** What git is asked about. */
export function pathsOf(item: Pick<Local, 'kind' | 'folder'>): readonly string[] {
  const { code, settings } = filesOf(item)
  return item.kind === 'function' ? [item.folder] : [code, settings]
}

export const kindOf = ({ local, remote }: Pick<Compared, 'local' | 'remote'>): Local['kind'] =>
  (local ?? remote)?.kind ?? 'function'

/** Such as `2 functions and 1 module`. */
export function countWords(all: ReadonlyArray<Pick<Compared, 'local' | 'remote'>>): string {
  const count = (kind: Local['kind']): string[] => {
    const number = all.filter(one => kindOf(one) === kind).length
    return number === 0 ? [] : [`${number} ${kind}${number === 1 ? '' : 's'}`]
  }
  return [...count('function'), ...count('module')].join(' and ') || '0 functions'
}
