/** Rules by which somebody is told that something goes wrong: how they stand, and a message to try them. */
import { component, part } from '../../alpine.js'
import { deleteAlert, listAlerts, testAlert, updateAlert, type Alert } from '../../api/alerts.js'
import { listAllFunctions } from '../../api/functions.js'
import { format } from '../../format/values.js'
import { t, tn, type TextKey } from '../../i18n/locale.js'
import { ask } from '../../shell/dialogs.js'
import { holdPlace } from '../../shell/focus.js'
import { loadInto, withBusy } from '../../shell/loading.js'
import { startPolling, type Polling } from '../../shell/polling.js'
import { fail, succeed } from '../../shell/toasts.js'
import { isCounted } from './alert-form.js'
import { createDialog } from './dialog.js'
import { createAlertsState, type AlertsState } from './state.js'

const POLL_MS = 5_000
/** The most that the server returns at once. */
const PAGE_SIZE = 100
/** The most that there can be. */
const MAX_ALERTS = 200

async function fetchAlerts(): Promise<Alert[]> {
  const pages = await Promise.all(
    [0, PAGE_SIZE].map(offset => listAlerts({ limit: PAGE_SIZE, offset }))
  )
  return pages.flatMap(({ alerts }) => alerts ?? []).slice(0, MAX_ALERTS)
}

const createActions = () =>
  part<AlertsState>()({
    load(): Promise<void> {
      return loadInto(this, fetchAlerts, rows => {
        this.rows = rows
      })
    },

    /** Without their names they are called by their ids. */
    async loadFunctions() {
      this.functions = await listAllFunctions().catch(() => [])
    },

    test({ id, name }: Alert) {
      const work = async (): Promise<void> => {
        const { sent, error = '' } = await testAlert(id)
        if (sent) succeed(t('alerts.tested', { name }))
        else fail(new Error(error))
        await this.load()
      }
      return withBusy(this, work, fail)
    },

    toggle({ id, enabled }: Alert) {
      const work = async (): Promise<void> => {
        await updateAlert(id, { enabled: !enabled })
        await this.load()
      }
      return withBusy(this, work, fail)
    },

    async remove({ id, name }: Alert) {
      const keepPlace = holdPlace()
      const answer = await ask({
        title: t('alerts.deleteTitle', { name }),
        text: t('alerts.deleteText'),
        confirm: t('common.delete'),
        danger: true
      })
      if (answer !== 'confirm') return
      const work = async (): Promise<void> => {
        await deleteAlert(id)
        succeed(t('alerts.deleted', { name }))
        await this.load()
      }
      await withBusy(this, work, fail)
      await this.$nextTick()
      keepPlace()
    }
  })

const createLabels = () =>
  part<AlertsState>()({
    nameOf(functionId: string): string {
      return this.functions.find(({ id }) => id === functionId)?.name ?? functionId
    },

    stateText({ enabled, state }: Alert): string {
      if (!enabled) return t('alerts.off')
      return t(state === 'firing' ? 'alerts.firing' : 'alerts.ok')
    },
    stateClass({ enabled, state }: Alert): string {
      if (!enabled) return ''
      return state === 'firing' ? 'is-danger' : 'is-success'
    },

    /** "Executions fail: 3 in 5 minutes · Order intake". */
    ruleText(alert: Alert): string {
      const { on, function_id: id } = alert
      const what = t(`alerts.on_${on}` as TextKey)
      const where = id === undefined ? t('alerts.anywhere') : this.nameOf(id)
      const about = on === 'disk_low' ? '' : where
      return [what, boundText(alert), about].filter(Boolean).join(' · ')
    },
    targetText({ target }: Alert): string {
      if (target.kind === 'mail') return (target.to ?? []).join(', ')
      if (target.kind === 'function') return this.nameOf(target.function_id ?? '')
      return `${target.url ?? ''} (${target.format ?? ''})`
    },
    timesText({ state, since, last_sent_at: sent, last_delivered_at: delivered }: Alert): string {
      return [
        state === 'firing' && since !== undefined
          ? t('alerts.since', { when: format.relative(since) })
          : '',
        sent === undefined
          ? t('alerts.neverSent')
          : t('alerts.sent', { when: format.relative(sent) }),
        delivered === undefined ? '' : t('alerts.delivered', { when: format.relative(delivered) })
      ]
        .filter(Boolean)
        .join(' · ')
    }
  })

function boundText(alert: Alert): string {
  if (isCounted(alert.on)) {
    return t('alerts.within', {
      count: format.number(alert.threshold),
      time: tn('alerts.minutes', alert.window_minutes)
    })
  }
  return alert.on === 'schedule_late'
    ? t('alerts.lateFor', { time: tn('alerts.minutes', alert.late_minutes) })
    : t('alerts.below', { size: format.bytes(alert.min_free_mb * 1024 ** 2) })
}

component('alerts', () => {
  let polling: Polling | undefined
  return {
    ...createAlertsState(),
    ...createActions(),
    ...createLabels(),
    ...createDialog(),

    init() {
      this.load()
      this.loadFunctions()
      polling = startPolling(
        () => this.load(),
        () => !this.busy && this.rows.length > 0,
        POLL_MS
      )
    },
    destroy() {
      polling?.stop()
    }
  }
})
