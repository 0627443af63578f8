/** All texts in Brazilian Portuguese. */
import { frame } from './pt-BR/frame.js'
import { setup } from './pt-BR/setup.js'
import { work } from './pt-BR/work.js'

export const ptBR = { ...frame, ...setup, ...work } as const
