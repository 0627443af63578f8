/** The title of the browser's tab: what is shown, and of which function, so that tabs can be told apart. */
import { Alpine } from '../alpine.js'
import { t } from '../i18n/locale.js'
import { current } from '../pages/function.js'
import { route } from './router.js'
import type { tabs } from './routes.js'

const pages = {
  login: () => t('login.title'),
  functions: () => t('functions.title'),
  new: () => t('create.title'),
  data: () => t('data.globalTitle'),
  jobs: () => t('shell.jobs'),
  alerts: () => t('shell.alerts'),
  account: () =>
    t(`account.${(route.tab || 'title') as 'title' | 'tokens' | 'variables' | 'audit'}`),
  guide: () => t('guide.title'),
  missing: () => t('missing.title')
} as const

/** Beginning with what differs most: a tab shows little more than a word. */
function parts(): string[] {
  const { page, id, tab, detail } = route
  if (page !== 'function') return [pages[page]()]
  const shown = detail === '' ? t(`fn.${tab as (typeof tabs)[number]}`) : t('execution.title')
  return current.fn.id === id ? [current.fn.name, shown] : [shown]
}

/** Keeps the title true when anything changes it: the page, the function's name, the language. */
export const followTitle = (): void => {
  Alpine.effect(() => {
    document.title = [...parts(), 'Moonlet'].join(' · ')
  })
}
