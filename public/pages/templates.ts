/** The programs that a new function can begin with. The first is also the one of the empty list. */
import ai from '../templates/ai.lua'
import blank from '../templates/blank.lua'
import chat from '../templates/chat.lua'
import counter from '../templates/counter.lua'
import deliver from '../templates/deliver.lua'
import email from '../templates/email.lua'
import http from '../templates/http.lua'
import page from '../templates/page.lua'
import rest from '../templates/rest.lua'
import scheduled from '../templates/scheduled.lua'
import webhook from '../templates/webhook.lua'
import worker from '../templates/worker.lua'

/** The call that a program is tried with at first. */
export interface FirstCall {
  readonly method?: string
  readonly path?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Template {
  readonly id: string
  readonly icon: string
  readonly code: string
  readonly call?: FirstCall
  /** The function begins with this schedule, active. */
  readonly schedule?: string
  /** A variable that begins with a random value; the first call's body is signed with it. */
  readonly secret?: string
}

const json = { 'Content-Type': 'application/json' }
const post = (body: object): FirstCall => ({
  method: 'POST',
  headers: json,
  body: JSON.stringify(body, null, 2)
})

export const templates = [
  { id: 'http', icon: 'globe', code: http },
  {
    id: 'rest',
    icon: 'route',
    code: rest,
    call: { path: '/notes', ...post({ text: 'water the plants' }) }
  },
  { id: 'counter', icon: 'count', code: counter },
  { id: 'scheduled', icon: 'clock', code: scheduled, schedule: '0 * * * *' },
  {
    id: 'webhook',
    icon: 'shield',
    code: webhook,
    secret: 'WEBHOOK_SECRET',
    call: post({ type: 'payment', amount: 12.5 })
  },
  { id: 'worker', icon: 'play', code: worker, call: post({ id: 'order-7' }) },
  {
    id: 'deliver',
    icon: 'refresh',
    code: deliver,
    call: post({ type: 'payment', amount: 12.5 })
  },
  {
    id: 'chat',
    icon: 'warning',
    code: chat,
    call: post({
      status: 'firing',
      title: '"shop" failed',
      text: "attempt to index a nil value (field 'order')",
      url: 'https://moonlet.example.org/functions/shop/executions'
    })
  },
  { id: 'page', icon: 'page', code: page, call: { query: { name: 'Luna' } } },
  { id: 'ai', icon: 'spark', code: ai, call: post({ question: 'Why does the moon have phases?' }) },
  {
    id: 'email',
    icon: 'mail',
    code: email,
    call: post({ to: 'someone@example.org', name: 'Luna' })
  },
  { id: 'blank', icon: 'plus', code: blank }
] as const satisfies readonly Template[]
