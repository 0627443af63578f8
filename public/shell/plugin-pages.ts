/** Pages that third-party plugins add: asked for once, when somebody is signed in. */
import { store } from '../alpine.js'
import { listPluginPages, type PluginPage } from '../api/server.js'
import { language } from '../i18n/locale.js'
import { loadOnce } from '../load-once.js'

export const pluginPages = store('pluginPages', { list: [] as PluginPage[] })

/** Rejects when the server cannot be asked; the next call asks again. */
export const loadPluginPages = loadOnce(async () => (pluginPages.list = await listPluginPages()))

/** In the language of the dashboard, or in English. */
export const titleIn = ({ title, titles }: PluginPage): string => titles?.[language.locale] ?? title
