/** A rule as the audit sees it: without its target's address and secrets. */
import type { AlertRule } from '../../core/contracts/alerts.js'

export const toAuditState = ({ functionId, target, ...rule }: AlertRule) => ({
  name: rule.name,
  on: rule.on,
  function_id: functionId,
  enabled: rule.enabled,
  threshold: rule.threshold,
  window_minutes: rule.windowMinutes,
  late_minutes: rule.lateMinutes,
  min_free_mb: rule.minFreeMb,
  repeat_minutes: rule.repeatMinutes,
  target: target.kind
})

export const toAuditTarget = ({ name, functionId }: AlertRule, id?: string) => ({
  kind: 'alert',
  id,
  name,
  functionId
})
