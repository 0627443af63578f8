/** Whole functions for the guide. A test runs each of them. */
import { contactForm, todoApi } from './with-storage.js'
import { cachedProxy, dailyReport, summarize, webhook } from './with-services.js'
import { formPage, redirects, svgBadge } from './pages.js'

export interface CookbookProgram {
  readonly title: string
  readonly doc: string
  readonly code: string
}

export const cookbook: readonly CookbookProgram[] = [
  todoApi,
  formPage,
  contactForm,
  webhook,
  cachedProxy,
  redirects,
  svgBadge,
  dailyReport,
  summarize
]
