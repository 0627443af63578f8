/** Pages that are loaded together when one of them is opened first, see shell/later.ts. */
import '../i18n/later.js'
import './access/addresses.js'
import './access/callers.js'
import './access/cors.js'
import './access/limits.js'
import access from './access/page.html'
import './alerts/alerts.js'
import alerts from './alerts/page.html'
import guide from './guide/page.html'
import './guide/page.js'
import './jobs/detail.js'
import './jobs/list.js'
import jobs from './jobs/page.html'
import './modules/danger.js'
import './modules/general.js'
import './modules/list.js'
import modules from './modules/list.html'
import './modules/module.js'
import module from './modules/module.html'
import nodes from './nodes/page.html'
import './nodes/nodes.js'
import retry from './retry/page.html'
import './retry/retry.js'
import './audit/audit.js'
import audit from './audit/page.html'
import tokens from './tokens/page.html'
import './tokens/tokens.js'
import variables from './variables/function.html'
import './variables/history.js'
import './variables/page.js'
import './variables/paste-env.js'
import shared from './variables/page.html'
import './variables/variables.js'

export const pages = {
  access,
  alerts,
  audit,
  guide,
  jobs,
  module,
  modules,
  nodes,
  retry,
  shared,
  tokens,
  variables
} as const
export type LaterPage = keyof typeof pages
