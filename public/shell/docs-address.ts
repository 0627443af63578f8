/** The API's documentation is a page of its own, without scripts: its address says in which theme and language. */
import { language } from '../i18n/locale.js'
import { theme } from './theme.js'

export const docsAddress = (): string => `/docs?theme=${theme.chosen}&lang=${language.locale}`
