/** What the server had when this folder was last equal with it, in `.moonlet/state.json`; never in version control. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfThere, writeWhole } from '../files.js'

/** Digests of what was here and there, which count as equal. */
export interface Base {
  readonly local: string
  readonly remote: string
}

export interface State {
  readonly url: string
  readonly functions: Readonly<Record<string, Base>>
  /** By name. */
  readonly modules?: Readonly<Record<string, Base>> | undefined
  /** A push that was sent and whose end is not known: the tags before it, null for what was not there. */
  readonly pushing?: Pushing | undefined
}

export interface Pushing {
  readonly at: string
  /** Modules too. */
  readonly functions: ReadonlyArray<{
    readonly id: string
    readonly name: string
    readonly etag: string | null
  }>
}

const FOLDER = '.moonlet'
const place = (folder: string): string => join(folder, FOLDER, 'state.json')

/** Nothing is known of another server. A file that makes no sense is as good as none. */
export async function readState(folder: string, url: string): Promise<State> {
  const none = { url, functions: {} }
  const text = await readIfThere(place(folder))
  if (text === undefined) return none
  try {
    const state = JSON.parse(text) as State
    return state.url === url && typeof state.functions === 'object' ? state : none
  } catch {
    return none
  }
}

export async function writeState(folder: string, state: State): Promise<void> {
  await mkdir(join(folder, FOLDER), { recursive: true })
  await writeWhole(place(folder), `${JSON.stringify(state, null, 1)}\n`)
}
