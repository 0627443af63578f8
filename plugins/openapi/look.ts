/** How the documentation looks and speaks: as the dashboard that leads to it. Descriptions are in English. */
const english = {
  dashboard: 'Dashboard',
  json: 'OpenAPI as JSON',
  yaml: 'as YAML',
  search: 'Search',
  find: 'Find',
  showAll: 'Show all',
  chapters: 'Chapters',
  nothing: 'Nothing matches',
  open: 'Needs no authentication.',
  scope: 'Tokens need the scope',
  parameters: 'Parameters',
  name: 'Name',
  place: 'In',
  type: 'Type',
  meaning: 'Meaning',
  needed: 'needed',
  body: 'Body',
  answers: 'Answers'
}

export type Words = Readonly<Record<keyof typeof english, string>>

const portuguese: Words = {
  dashboard: 'Painel',
  json: 'OpenAPI em JSON',
  yaml: 'em YAML',
  search: 'Buscar',
  find: 'Buscar',
  showAll: 'Mostrar tudo',
  chapters: 'Capítulos',
  nothing: 'Nada corresponde a',
  open: 'Dispensa autenticação.',
  scope: 'Tokens precisam do escopo',
  parameters: 'Parâmetros',
  name: 'Nome',
  place: 'Em',
  type: 'Tipo',
  meaning: 'Significado',
  needed: 'obrigatório',
  body: 'Corpo',
  answers: 'Respostas'
}

export interface Look {
  readonly theme: 'auto' | 'light' | 'dark'
  readonly language: 'en' | 'pt-BR'
  readonly words: Words
}

/** What is not known counts as not said. */
export function toLook(theme: string, language: string): Look {
  const chosen = theme === 'light' || theme === 'dark' ? theme : 'auto'
  return language === 'pt-BR'
    ? { theme: chosen, language, words: portuguese }
    : { theme: chosen, language: 'en', words: english }
}
