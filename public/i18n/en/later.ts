/** Texts of pages that are loaded when they are first opened. */
import { accessTexts } from './access.js'
import { jobTexts } from './jobs.js'

export const laterTexts = { ...accessTexts, ...jobTexts } as const
