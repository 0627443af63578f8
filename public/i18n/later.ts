/** The texts of pages that are loaded when they are first opened. */
import { laterTexts } from './en/later.js'
import { addTexts } from './locale.js'
import { laterServerTexts } from './pt-BR/later-server.js'
import { laterTexts as laterTextsPtBR } from './pt-BR/later.js'
import { addServerTexts } from './pt-BR/server.js'

addTexts({ en: laterTexts, 'pt-BR': laterTextsPtBR })
addServerTexts(laterServerTexts)
