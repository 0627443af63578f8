/** Code that is not saved yet, kept in the browser until it is saved or discarded. */
import { read, write } from '../../shell/memory.js'

const name = (functionId: string): string => `draft.${functionId}`

export function readDraft (functionId: string): string | undefined {
  const kept = read(name(functionId))
  return typeof kept === 'string' ? kept : undefined
}

export const keepDraft = (functionId: string, code: string): void => write(name(functionId), code)
export const dropDraft = (functionId: string): void => write(name(functionId), undefined)
