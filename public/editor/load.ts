/** Fetches the editor's bundle once, when the first page that shows code opens. */
import { getReference } from '../api/server.js'
import { t } from '../i18n/locale.js'
import { loadOnce } from '../load-once.js'
import { asset } from '../shell/asset.js'
import { onThemeChange } from '../shell/theme.js'
import type { EditorModule } from './contract.js'

function loadStyles(href: string): Promise<void> {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = href
  return new Promise((resolve, reject) => {
    link.addEventListener('load', () => resolve())
    link.addEventListener('error', () => reject(new Error('The editor could not be loaded')))
    document.head.append(link)
  })
}

/** The editor; a failed load may be tried again. */
export const loadEditor = loadOnce(async (): Promise<EditorModule> => {
  const [editor] = await Promise.all([
    import(asset('editor')) as Promise<EditorModule>,
    loadStyles(asset('editor-styles'))
  ])
  onThemeChange(() => editor.refreshTheme())
  // Editing works without the reference; it is a help that comes when it comes.
  editor.describeApis(getReference(), () => t('reference.needs'))
  return editor
})
