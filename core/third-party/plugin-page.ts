/** What a plugin says of its page, as the server and the commands show it. */
import type { PluginPage } from '../contracts/plugin.js'

/** The title where one language has to do. */
export const titleOfPage = ({ title }: Pick<PluginPage, 'title'>): string =>
  typeof title === 'string' ? title : title.en

/** Where the page is, within the plugin's routes; files of a page are below it. */
export const placeOfPage = ({ path, files }: PluginPage): string =>
  files === undefined ? path : `${path.replace(/\/+$/, '')}/`

/** Path of the page on the server. */
export const pathOfPage = (plugin: string, page: PluginPage): string =>
  `/plugins/${plugin}${placeOfPage(page)}`
