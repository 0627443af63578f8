/** A rule as the audit sees it: without its target's address and secrets. */
import type { AlertRule } from '../../core/contracts/alerts.js'
import { toRuleFields } from './schema.js'

export const toAuditState = (rule: AlertRule) => ({
  ...toRuleFields(rule),
  target: rule.target.kind
})

export const toAuditTarget = ({ name, functionId }: AlertRule, id?: string) => ({
  kind: 'alert',
  id,
  name,
  functionId
})
