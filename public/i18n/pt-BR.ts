/** All texts in Brazilian Portuguese. */
import { changes } from './pt-BR/changes.js'
import { frame } from './pt-BR/frame.js'
import { setup } from './pt-BR/setup.js'
import { work } from './pt-BR/work.js'

export const ptBR = { ...frame, ...setup, ...work, ...changes } as const
