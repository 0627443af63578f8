/** What stands around the guide. */
import type { guideTexts as english } from '../en/guide.js'
import type { Translated } from '../texts.js'

export const guideTexts: Translated<typeof english> = {
  guide: {
    intro: 'Da primeira função à operação do servidor, com todas as APIs de Lua.',
    language: 'O texto do guia está em inglês.',
    chapters: 'Capítulos',
    search: 'Buscar no guia',
    found_one: '{count} lugar',
    found_other: '{count} lugares',
    nothing: 'Nenhum lugar do guia tem todas estas palavras.',
    next: 'A seguir:',
    reference: 'Referência de Lua',
    plain: 'A referência como texto simples',
    definitions: 'Definições para o seu editor',
    missing: 'O guia não tem este capítulo.'
  }
}
