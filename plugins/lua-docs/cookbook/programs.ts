/** Whole functions for the guide. A test runs each of them. */
import type { CookbookProgram } from './program.js'
import { contactForm, todoApi } from './with-storage.js'
import { cachedProxy, dailyReport, summarize, webhook } from './with-services.js'
import { formPage, redirects, svgBadge } from './pages.js'

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
