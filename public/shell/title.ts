/** The title of the browser's tab: what is shown, and of which function, so that tabs can be told apart. */
import { Alpine } from '../alpine.js'
import { t } from '../i18n/locale.js'
import { ownerOfPage } from '../pages/function/owner.js'
import { pluginPages, titleIn } from './plugin-pages.js'
import { route } from './router.js'
import type { tabs } from './routes.js'

const pages = {
  login: () => t('login.title'),
  functions: () => t('functions.title'),
  new: () => t('create.title'),
  modules: () => t('shell.modules'),
  data: () => t('data.globalTitle'),
  jobs: () => t('shell.jobs'),
  alerts: () => t('shell.alerts'),
  nodes: () => t('shell.nodes'),
  account: () =>
    t(`account.${(route.tab || 'title') as 'title' | 'tokens' | 'variables' | 'audit'}`),
  guide: () => t('shell.guide'),
  plugin: () => pluginTitle(),
  missing: () => t('missing.title')
} as const

function pluginTitle(): string {
  const page = pluginPages.list.find(({ name }) => name === route.id)
  return page === undefined ? t('shell.plugins') : titleIn(page)
}

/** Beginning with what differs most: a tab shows little more than a word. */
function parts(): string[] {
  const { page, id, tab, detail } = route
  if (page !== 'function' && page !== 'module') return [pages[page]()]
  const shown =
    page === 'module'
      ? t('shell.modules')
      : detail === ''
        ? t(`fn.${tab as (typeof tabs)[number]}`)
        : t('execution.title')
  const known = ownerOfPage().subject.now()
  return known.id === id ? [known.name, shown] : [shown]
}

/** Keeps the title true when anything changes it: the page, the function's name, the language. */
export const followTitle = (): void => {
  Alpine.effect(() => {
    document.title = [...parts(), 'Moonlet'].join(' · ')
  })
}
