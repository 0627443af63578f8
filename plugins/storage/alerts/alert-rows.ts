/** Alerts as rows: their targets are sealed. */
import type {
  AlertRecord,
  AlertRule,
  AlertState,
  AlertTarget
} from '../../../core/contracts/alerts.js'
import type { SecretBox } from '../secrets/secret-box.js'

export interface AlertRow {
  readonly id: string
  readonly rule: string
  readonly target: Uint8Array
  readonly state: string
  readonly createdAt: number
  readonly updatedAt: number
}

/** What is authenticated with a sealed target. */
export const targetContext = (alertId: string): string => `alert\0${alertId}`
export const targetName = (alertId: string): string => `The target of the alert ${alertId}`

/** JSON leaves them out. */
const nothing = { deliveredAt: undefined, error: undefined, jobId: undefined }

/** The rule without its target, and the target. */
export function toAlertColumns(
  secrets: SecretBox,
  id: string,
  { target, ...rule }: AlertRule
): [string, Uint8Array] {
  const bytes = Buffer.from(JSON.stringify(target))
  return [JSON.stringify(rule), secrets.sealBytes(bytes, targetContext(id))]
}

export function toAlert(
  secrets: SecretBox,
  { id, rule, target, state, createdAt, updatedAt }: AlertRow
): AlertRecord {
  const bytes = secrets.openBytes(target, targetContext(id), targetName(id))
  return {
    id,
    rule: {
      functionId: undefined,
      ...(JSON.parse(rule) as Omit<AlertRule, 'target' | 'functionId'>),
      target: JSON.parse(bytes.toString('utf8')) as AlertTarget
    },
    state: { ...nothing, ...(JSON.parse(state) as Omit<AlertState, keyof typeof nothing>) },
    createdAt,
    updatedAt
  }
}
