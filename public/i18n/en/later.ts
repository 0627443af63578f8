/** Texts of pages that are loaded when they are first opened. */
import { accessTexts } from './access.js'
import { accountTexts } from './account.js'
import { alertTexts } from './alerts.js'
import { guideTexts } from './guide.js'
import { jobTexts } from './jobs.js'
import { moduleTexts } from './modules.js'
import { nodeTexts } from './nodes.js'
import { variableTexts } from './variables.js'

export const laterTexts = {
  ...accessTexts,
  ...accountTexts,
  ...guideTexts,
  ...jobTexts,
  ...alertTexts,
  ...moduleTexts,
  ...nodeTexts,
  ...variableTexts
} as const
