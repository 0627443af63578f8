/** Entries of the audit in words. */
import type { AuditEntry } from '../../api/account.js'
import { format } from '../../format/values.js'
import { t } from '../../i18n/locale.js'
import { functionPath, modulePath } from '../../shell/routes.js'

const actions = [
  'function_create',
  'function_update',
  'function_delete',
  'function_push',
  'version_activate',
  'version_delete',
  'variables_replace',
  'variables_restore',
  'variables_forget_history',
  'shared_variables_replace',
  'shared_variables_restore',
  'shared_variables_forget_history',
  'module_create',
  'module_update',
  'module_delete',
  'module_activate',
  'module_delete_version',
  'key_create',
  'key_delete',
  'value_set',
  'value_delete',
  'job_cancel',
  'job_delete',
  'job_redrive',
  'alert_create',
  'alert_update',
  'alert_delete',
  'token_create',
  'token_end',
  'session_begin',
  'session_end',
  'session_end_all'
] as const
const MAX_SHOWN = 300

/** An action that this page does not know is shown as the server calls it. */
export function actionText({ action }: AuditEntry): string {
  const known = actions.find(name => name === action.replaceAll('.', '_'))
  return known === undefined ? action : t(`audit.${known}`)
}

/** Ids of sessions say nothing to anybody. */
export const nameOf = ({ target, function_id: functionId }: AuditEntry): string =>
  target.name ?? (target.kind === 'session' ? '' : (target.id ?? functionId ?? ''))

/** Where to see what was changed; empty where that is nowhere, or gone. */
export function linkOf({ action, target, function_id: id = '' }: AuditEntry): string {
  if (target.kind === 'module' && target.id !== undefined) {
    return action === 'module.delete' ? '' : modulePath(target.id)
  }
  if (id === '' || action === 'function.delete') return ''
  return functionPath(id, target.kind === 'value' ? 'data' : 'code')
}

export function whoText({ actor, via, ip }: AuditEntry): string {
  const who =
    actor.kind === 'token' ? t('audit.token', { name: actor.name ?? '' }) : t(`audit.${actor.kind}`)
  return [who, ...(via === 'cli' ? [t('audit.cli')] : []), ip].join(' · ')
}

/** Each field that differs; of what is made or gone as a whole, those that say something. */
export function changesOf({ before, after }: AuditEntry): Array<{ name: string; text: string }> {
  if (before === undefined && after === undefined) return []
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return names.flatMap(name => {
    const [was, is] = [before?.[name], after?.[name]]
    const isWhole = before === undefined || after === undefined
    if (isEmpty(was ?? is) && (isWhole || was === is)) return []
    const sides = [...(before ? [show(name, was)] : []), ...(after ? [show(name, is)] : [])]
    return [{ name, text: `: ${sides.join(' → ')}` }]
  })
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === false || (Array.isArray(value) && value.length === 0)

function show(name: string, value: unknown): string {
  if (name.endsWith('_at') && typeof value === 'number') return format.dateTime(value)
  if (value === undefined) return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
