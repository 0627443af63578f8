/** Activates and deletes versions. Both ask again when another version has become active meanwhile. */
import { part } from '../../../alpine.js'
import { activateVersion, checkCode, deleteVersion } from '../../../api/code.js'
import type { Version } from '../../../api/types.js'
import { t, type TextKey } from '../../../i18n/locale.js'
import { ask } from '../../../shell/dialogs.js'
import { holdPlace } from '../../../shell/focus.js'
import { withBusy } from '../../../shell/loading.js'
import { fail, succeed } from '../../../shell/toasts.js'
import { readDraft } from '../code/draft-store.js'
import { insistOn } from '../insist.js'
import type { Comparison } from './comparison.js'
import type { VersionsLoading } from './loading.js'
import type { VersionReader } from './reader.js'
import type { VersionsSession, VersionsState } from './state.js'

interface Change {
  readonly send: (tag: string) => Promise<unknown>
  readonly title: string
  readonly confirm: TextKey
}

/** Code that does not parse is activated only when the user says so. */
async function isWanted({ code }: Version): Promise<boolean> {
  const result = await checkCode(code)
  if (result.ok) return true
  const { line = 1, message } = result.error
  const answer = await ask({
    title: t('changes.brokenTitle'),
    text: t('changes.brokenText', { line, message }),
    confirm: t('changes.activateBroken'),
    danger: true
  })
  return answer === 'confirm'
}

const createChanging = ({ owner }: VersionsSession) =>
  part<VersionsState & VersionsLoading>()({
    /** False: the user gave the change up. */
    async change({ send, title, confirm }: Change): Promise<boolean> {
      let seen = this.rows.find(row => row.is_active)?.version
      const isDone = await insistOn(owner.subject, send, ({ active_version: active }) => {
        if (active.version === seen) return undefined
        seen = active.version
        const text = t('changes.activateText', { active: active.version })
        return { title, text, confirm: t(confirm), danger: true }
      })
      if (!isDone) await this.load()
      return isDone
    }
  })

type Changing = ReturnType<typeof createChanging>

const createActivation = ({ owner, id }: VersionsSession) =>
  part<VersionsState & VersionsLoading & Changing>()({
    activate(item: Version) {
      const restoreFocus = holdPlace()
      const work = async (): Promise<void> => {
        if (!(await isWanted(item))) return
        const isDone = await this.change({
          send: tag => activateVersion(owner.api(id), item.id, tag),
          title: t('changes.activateTitle', { version: item.version }),
          confirm: 'versions.activate'
        })
        if (!isDone) return
        await Promise.all([owner.subject.refresh(), this.load()])
        const hasDraft = readDraft(id) !== undefined
        const text = hasDraft ? 'versions.activatedDraft' : 'versions.activated'
        succeed(t(text, { version: item.version }))
      }
      return withBusy(this, work, fail).then(async () => {
        await this.$nextTick()
        restoreFocus()
      })
    }
  })

const createDeletion = ({ owner, id }: VersionsSession) =>
  part<VersionsState & VersionsLoading & Changing & VersionReader & Comparison>()({
    async remove(item: Version) {
      const restoreFocus = holdPlace()
      const title = t('versions.deleteTitle', { version: item.version })
      const text = t('versions.deleteText')
      const answer = await ask({ title, text, confirm: t('common.delete'), danger: true })
      if (answer !== 'confirm') return
      try {
        const send = (tag: string) => deleteVersion(owner.api(id), item.id, tag)
        if (!(await this.change({ send, title, confirm: 'common.delete' }))) return
        await owner.subject.refresh()
        succeed(t('versions.deleted', { version: item.version }))
        await this.load()
        this.closeDeleted(String(item.version))
        await this.$nextTick()
        restoreFocus()
      } catch (error) {
        fail(error)
      }
    },

    closeDeleted(number: string) {
      if (this.older === number || this.newer === number) this.closeDiff()
      if (this.viewed === number) this.closeView()
    }
  })

export const createVersionActions = (session: VersionsSession) => ({
  ...createChanging(session),
  ...createActivation(session),
  ...createDeletion(session)
})
