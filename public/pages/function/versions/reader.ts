/** Shows the code of one version alone, and takes it into the editor as a draft. */
import { part } from '../../../alpine.js'
import { getVersion } from '../../../api/code.js'
import { loadEditor } from '../../../editor/load.js'
import { t } from '../../../i18n/locale.js'
import { ask } from '../../../shell/dialogs.js'
import { navigate } from '../../../shell/router.js'
import { fail } from '../../../shell/toasts.js'
import { keepDraft, readDraft } from '../code/draft-store.js'
import { keepVersionsInAddress, type VersionsSession, type VersionsState } from './state.js'

export function createVersionReader(session: VersionsSession) {
  const { owner, id } = session
  return part<VersionsState>()({
    /** The code of a version, which cannot be typed in. */
    async look(version: number, line = 0) {
      const isCurrent = this.codeRequests.start()
      try {
        const wanted = [loadEditor(), getVersion(owner.api(id), version)] as const
        const [{ createEditor }, { code }] = await Promise.all(wanted)
        const host = this.$refs['code']
        if (!isCurrent() || !host?.isConnected) return
        this.viewed = String(version)
        keepVersionsInAddress(this)
        session.reader?.dispose()
        await this.$nextTick()
        const label = t('versions.editorLabel', { version })
        session.reader = createEditor(host, { label, code, readOnly: true })
        if (line > 0) session.reader.goTo(line)
        else session.reader.focus()
        host.scrollIntoView({ block: 'nearest' })
      } catch (error) {
        if (isCurrent()) fail(error)
      }
    },

    closeView() {
      const number = this.viewed
      this.codeRequests.start()
      this.viewed = ''
      session.reader?.dispose()
      session.reader = undefined
      keepVersionsInAddress(this)
      this.$nextTick(() => {
        this.$root.querySelector<HTMLElement>(`[data-view="${number}"]`)?.focus()
      })
    },

    /** Takes the code into the editor, where it can be run and saved. */
    async openAsDraft() {
      const code = session.reader?.value()
      if (code === undefined) return
      const draft = readDraft(id)
      const question = {
        title: t('versions.replaceTitle'),
        text: t('versions.replaceText', { version: this.viewed }),
        confirm: t('versions.openAsDraft'),
        danger: true
      }
      const isReplaced = draft !== undefined && draft.code !== code
      if (isReplaced && (await ask(question)) !== 'confirm') return
      // The draft is meant to follow the active version, whose code the user leaves on purpose.
      keepDraft(id, { code, base: owner.subject.now().active_version.version })
      await navigate(owner.page(id, 'code'))
    }
  })
}

export type VersionReader = ReturnType<typeof createVersionReader>
