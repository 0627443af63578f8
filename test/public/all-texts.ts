/** All texts of the dashboard, with those of pages that are loaded when they are first opened. */
import { en as firstEn } from '../../public/i18n/en.js'
import { laterTexts as laterEn } from '../../public/i18n/en/later.js'
import { ptBR as firstPtBR } from '../../public/i18n/pt-BR.js'
import { laterTexts as laterPtBR } from '../../public/i18n/pt-BR/later.js'

export const en = { ...firstEn, ...laterEn }
export const ptBR = { ...firstPtBR, ...laterPtBR }
