/** The title of a plugin's page where one language has to do. */
import type { PluginPage } from '../contracts/plugin.js'

export const titleOfPage = ({ title }: Pick<PluginPage, 'title'>): string =>
  typeof title === 'string' ? title : title.en
