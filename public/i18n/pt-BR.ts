/** All texts in Brazilian Portuguese. */
import { changeTexts } from './pt-BR/changes.js'
import { shellTexts } from './pt-BR/shell.js'
import { settingsTexts } from './pt-BR/settings.js'
import { functionTexts } from './pt-BR/function.js'

export const ptBR = { ...shellTexts, ...settingsTexts, ...functionTexts, ...changeTexts } as const
