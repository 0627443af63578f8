/** Rules for tests. */
import type { Api } from '../../helpers/api.js'
import type { AlertRecord, AlertRule } from '../../../core/contracts/alerts.js'

export const NOW = 1_700_000_000_000
export const MINUTE = 60_000

export const ruleWith = (change: Partial<AlertRule> = {}): AlertRule => ({
  name: 'a rule',
  on: 'failure',
  functionId: undefined,
  enabled: true,
  threshold: 1,
  windowMinutes: 5,
  lateMinutes: 60,
  minFreeMb: 1,
  repeatMinutes: 60,
  target: { kind: 'mail', to: ['a@b.c'] },
  ...change
})

export const recordWith = (change: Partial<AlertRule> = {}): AlertRecord => ({
  id: 'a',
  rule: ruleWith(change),
  state: {
    isFiring: false,
    since: 0,
    count: 0,
    isTold: false,
    toldAt: 0,
    deliveredAt: undefined,
    error: undefined,
    jobId: undefined
  },
  createdAt: NOW,
  updatedAt: NOW
})

export const webhook = (url: string, change: object = {}) => ({ kind: 'webhook', url, ...change })

/** Gives its id. */
export async function createAlert({ call }: Api, fields: object): Promise<string> {
  const { status, json, text } = await call('POST', '/api/alerts', { name: 'an alert', ...fields })
  if (status !== 201) throw new Error(`${status} ${text}`)
  return String(json.id)
}

/** As the API shows it. */
export const alertOf = async ({ call }: Api, id: string) =>
  (await call('GET', `/api/alerts/${id}`)).json
