/** Folders of functions, and modules, in which something was saved. */
import { readdirSync, watch, type FSWatcher } from 'node:fs'
import { join } from 'node:path'
import { CODE_FILE, SETTINGS_FILE } from '../../../export-import/function-file.js'
import { MODULES_FOLDER } from '../../../export-import/shared-modules.js'

/** Editors write in several steps; what follows within this time belongs to the same save. */
const QUIET_MS = 60

/** Endless. `only`: these folders, and modules; undefined: all, also those that are made later. */
export async function* watchFolders(
  project: string,
  only: readonly string[] | undefined
): AsyncGenerator<string> {
  const saves = new Saves()
  const watchers = new Map<string, FSWatcher>()
  const keep = (folder: string, watcher: FSWatcher): void => {
    watcher.on('error', () => {
      watcher.close()
      watchers.delete(folder)
    })
    watchers.set(folder, watcher)
  }
  const add = (folder: string): void => {
    if (watchers.has(folder)) return
    const watcher = watch(join(project, folder), (_kind, file) => {
      if (file === null || file === CODE_FILE || file === SETTINGS_FILE) saves.add(folder)
    })
    keep(folder, watcher)
  }
  const addModules = (): void => {
    if (watchers.has(MODULES_FOLDER) || !foldersOf(project).includes(MODULES_FOLDER)) return
    const watcher = watch(join(project, MODULES_FOLDER), { recursive: true }, (_kind, file) => {
      if (file?.endsWith('.lua') === true) saves.add(`${MODULES_FOLDER}/${file.slice(0, -4)}`)
    })
    keep(MODULES_FOLDER, watcher)
  }
  const addNew = (): void => {
    addModules()
    for (const folder of foldersOf(project)) {
      if (watchers.has(folder)) continue
      add(folder)
      saves.add(folder)
    }
  }
  addModules()
  if (only !== undefined) only.forEach(add)
  else {
    foldersOf(project).forEach(add)
    const top = watch(project, addNew)
    watchers.set('', top)
  }
  for (;;) yield await saves.next()
}

const foldersOf = (project: string): string[] =>
  readdirSync(project, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter(name => name !== 'node_modules')

/** Those that wait to be looked at, each once. */
class Saves {
  private readonly timers = new Map<string, NodeJS.Timeout>()
  private readonly ready = new Set<string>()
  private wake: (() => void) | undefined

  add(folder: string): void {
    clearTimeout(this.timers.get(folder))
    this.timers.set(
      folder,
      setTimeout(() => {
        this.timers.delete(folder)
        this.ready.add(folder)
        this.wake?.()
      }, QUIET_MS)
    )
  }

  async next(): Promise<string> {
    for (;;) {
      const [folder] = this.ready
      if (folder !== undefined) {
        this.ready.delete(folder)
        return folder
      }
      await new Promise<void>(resolve => (this.wake = resolve))
    }
  }
}
