/** What the palette offers besides functions. */
import { foldText } from '../format/fold-text.js'
import { chooseLanguage, language, t } from '../i18n/locale.js'
import { toBrowserPath } from '../base-path.js'
import { docsAddress } from './docs-address.js'
import { navigate, route } from './router.js'
import { functionPath, tabs } from './routes.js'
import { servers } from './servers.js'
import { leave } from './session.js'
import { theme } from './theme.js'

export interface Command {
  key: string
  icon: string
  label: string
  hint: string
  run: () => unknown
}

const icons: Readonly<Record<(typeof tabs)[number], string>> = {
  code: 'code',
  test: 'test',
  executions: 'list',
  versions: 'versions',
  data: 'data',
  access: 'shield',
  settings: 'settings'
}

/** All commands of this moment, in the present language. Those of the function on the page come first. */
export function commands(): Command[] {
  const page = (key: string, icon: string, label: string, to: string): Command => ({
    key,
    icon,
    label,
    hint: t('palette.page'),
    run: () => navigate(to)
  })
  const action = (key: string, icon: string, label: string, run: () => unknown): Command => ({
    key,
    icon,
    label,
    hint: t('palette.action'),
    run
  })
  const ofFunction =
    route.page === 'function'
      ? tabs.map(tab => ({
          ...page(`tab ${tab}`, icons[tab], t(`fn.${tab}`), functionPath(route.id, tab)),
          hint: t('palette.thisFunction')
        }))
      : []
  return [
    ...ofFunction,
    page('functions', 'functions', t('functions.title'), '/'),
    page('new', 'plus', t('create.title'), '/new'),
    page('data', 'data', t('data.globalTitle'), '/data'),
    page('modules', 'modules', t('shell.modules'), '/modules'),
    page('jobs', 'refresh', t('shell.jobs'), '/jobs'),
    page('alerts', 'warning', t('shell.alerts'), '/alerts'),
    ...(servers.areSeveral ? [page('nodes', 'servers', t('shell.nodes'), '/nodes')] : []),
    page('account', 'account', t('account.title'), '/account'),
    page('tokens', 'account', t('account.tokens'), '/account/tokens'),
    page('variables', 'account', t('account.variables'), '/account/variables'),
    page('audit', 'account', t('account.audit'), '/account/audit'),
    page('guide', 'info', t('shell.guide'), '/guide'),
    action('light', 'sun', t('palette.light'), () => theme.choose('light')),
    action('dark', 'moon', t('palette.dark'), () => theme.choose('dark')),
    action('auto', 'screen', t('palette.auto'), () => theme.choose('auto')),
    action('language', 'globe', t('palette.language'), () =>
      chooseLanguage(language.locale === 'en' ? 'pt-BR' : 'en')
    ),
    action('docs', 'book', t('shell.apiDocs'), () => {
      open(toBrowserPath(docsAddress()), '_blank', 'noopener')
    }),
    action('leave', 'leave', t('shell.signOut'), leave)
  ]
}

/** Every word typed is in the label, accents and case aside. */
export const fits = (command: Pick<Command, 'label'>, text: string): boolean =>
  foldText(text)
    .split(/\s+/)
    .every(word => foldText(command.label).includes(word))

/** How far the label is from what was typed: equal, begins with it, has a word that does, contains it, does not. */
function distance(label: string, text: string): number {
  const [name, typed] = [foldText(label), foldText(text.trim())]
  if (typed === '') return 0
  if (name === typed) return 0
  if (name.startsWith(typed)) return 1
  if (name.split(/[^\p{L}\p{N}]+/u).some(word => word.startsWith(typed))) return 2
  return fits({ label }, text) ? 3 : 4
}

/** Best first; equally good ones stay in their order. A function found by its description alone comes last. */
export const rank = (found: readonly Command[], text: string): Command[] =>
  found
    .map(command => ({ command, far: distance(command.label, text) }))
    .sort((a, b) => a.far - b.far)
    .map(({ command }) => command)
