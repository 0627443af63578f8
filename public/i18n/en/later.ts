/** Texts of pages that are loaded when they are first opened. */
import { accessTexts } from './access.js'

export const laterTexts = { ...accessTexts } as const
