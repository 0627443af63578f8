/** All texts in English; every other language has the same keys. */
import { changeTexts } from './en/changes.js'
import { shellTexts } from './en/shell.js'
import { settingsTexts } from './en/settings.js'
import { functionTexts } from './en/function.js'

export const en = { ...shellTexts, ...settingsTexts, ...functionTexts, ...changeTexts } as const
