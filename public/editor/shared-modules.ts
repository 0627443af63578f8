/** Tells the editor of the shared modules: when it opens, and again after one was changed here. */
import { listAllModules } from '../api/modules.js'
import type { EditorModule } from './contract.js'

let editor: Pick<EditorModule, 'describeShared'> | undefined

export function describeShared(opened: EditorModule): void {
  editor = opened
  refreshShared()
}

/** Editing works without them; they are a help that comes when it comes. */
export const refreshShared = (): void => editor?.describeShared(listAllModules())
