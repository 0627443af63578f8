/** The programs that a new function can begin with. The first is also the one of the empty list. */
import ai from '../templates/ai.lua'
import counter from '../templates/counter.lua'
import email from '../templates/email.lua'
import http from '../templates/http.lua'
import page from '../templates/page.lua'
import rest from '../templates/rest.lua'
import scheduled from '../templates/scheduled.lua'
import webhook from '../templates/webhook.lua'

export const templates = [
  { id: 'http', icon: 'globe', code: http },
  { id: 'rest', icon: 'route', code: rest },
  { id: 'counter', icon: 'count', code: counter },
  { id: 'scheduled', icon: 'clock', code: scheduled },
  { id: 'webhook', icon: 'shield', code: webhook },
  { id: 'page', icon: 'page', code: page },
  { id: 'ai', icon: 'spark', code: ai },
  { id: 'email', icon: 'mail', code: email }
] as const
