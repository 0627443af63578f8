/** Rules for tests. */
import type { AlertRecord, AlertRule } from '../../core/contracts/alerts.js'
import { calmState } from '../../plugins/alerts/alert-book.js'

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
  state: calmState,
  createdAt: NOW,
  updatedAt: NOW
})
