/** Pages that third-party plugins add: asked for once, when somebody is signed in. */
import { store } from '../alpine.js'
import { listPluginPages, type PluginPage } from '../api/server.js'
import { language } from '../i18n/locale.js'

export const pluginPages = store('pluginPages', { list: [] as PluginPage[] })

let asked: Promise<PluginPage[]> | undefined

/** Rejects when the server cannot be asked; the next call asks again. */
export function loadPluginPages(): Promise<PluginPage[]> {
  asked ??= listPluginPages().then(
    pages => (pluginPages.list = pages),
    (error: unknown) => {
      asked = undefined
      throw error
    }
  )
  return asked
}

/** In the language of the dashboard, or in English. */
export const titleIn = ({ title, titles }: PluginPage): string => titles?.[language.locale] ?? title
