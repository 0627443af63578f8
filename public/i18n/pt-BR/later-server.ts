/** What the server answers to pages that are loaded when they are first opened, in Portuguese. */
import type { Rule } from './server.js'

export const laterServerTexts: readonly Rule[] = [
  [
    /^access: secret must be the name of one of the environment variables/,
    'O segredo é o nome de uma das variáveis de ambiente da função.'
  ],
  [
    /^access: header must be the name of the header/,
    'Escreva o nome do cabeçalho que traz a assinatura.'
  ],
  [
    /^access: prefix must be a text of at most (\d+)/,
    'O que vem antes tem no máximo $1 caracteres ASCII visíveis.'
  ]
]
