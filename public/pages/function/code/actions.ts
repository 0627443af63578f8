/** What can be done with the code: save it, run it as a draft, discard it, leave it. */
import { part } from '../../../alpine.js'
import { runDraft } from '../../../api/functions.js'
import { t } from '../../../i18n/locale.js'
import { ask } from '../../../shell/dialogs.js'
import { withBusy } from '../../../shell/loading.js'
import { write } from '../../../shell/local-storage.js'
import { keepInAddress } from '../../../shell/router.js'
import { fail, succeed } from '../../../shell/toasts.js'
import { current } from '../../function.js'
import type { Checking } from './checking.js'
import { toDraftEvent, toDraftView, toProblem } from './draft-event.js'
import { dropDraft } from './draft-store.js'
import { mayWrite } from './draft-writes.js'
import { saveCode, toBase, type SavedCode } from './save-code.js'
import { eventName, type CodeSession, type CodeState } from './state.js'

/** Adopts what was saved; what was typed meanwhile stays a draft. */
function adopt(session: CodeSession, typed: string, saved: SavedCode): { dirty: boolean } {
  const { editor } = session
  session.base = { version: current.fn.active_version.version, code: saved.code }
  if (saved.code !== typed && editor?.value() === typed) editor.set(saved.code)
  const dirty = editor?.value() !== saved.code
  if (!dirty) dropDraft(session.functionId)
  return { dirty }
}

function announce(saved: SavedCode): void {
  const { version } = current.fn.active_version
  if (saved.how === 'inactive') succeed(t('changes.savedInactive', { version: saved.version }))
  if (saved.how === 'active') succeed(t('code.saved', { version }))
}

const createSaving = (session: CodeSession) =>
  part<CodeState>()({
    save() {
      const code = session.editor?.value()
      if (code === undefined || !this.dirty || this.tooLong !== '') return
      const work = async (): Promise<void> => {
        const saved = await saveCode(session.functionId, code, session.base)
        if (saved === undefined) return
        this.dirty = adopt(session, code, saved).dirty
        this.restored = false
        announce(saved)
      }
      return withBusy(this, work, fail)
    },

    async discard() {
      const answer = await ask({
        title: t('code.discardTitle'),
        text: t('code.discardText'),
        confirm: t('code.discard'),
        danger: true
      })
      if (answer !== 'confirm') return
      session.base = toBase(current.fn.active_version)
      session.editor?.set(current.fn.active_version.code)
      dropDraft(session.functionId)
      this.restored = false
      session.editor?.focus()
    },

    async mayLeave() {
      const answer = await ask({
        title: t('code.leaveTitle'),
        text: t('code.leaveText'),
        confirm: t('code.leave'),
        other: t('code.saveAndLeave')
      })
      if (answer !== 'other') return answer === 'confirm'
      await this.save()
      return !this.dirty
    }
  })

const createRunning = (session: CodeSession) =>
  part<CodeState & Checking>()({
    async run() {
      if (this.running || !session.editor) return
      const isAllowed = await mayWrite(session.functionId, session.editor.value())
      // The question may have been open for long.
      if (!isAllowed || this.running || !session.editor) return
      this.running = true
      this.showSide('run')
      write(eventName(session), this.event)
      try {
        await this.runCode(session.editor.value())
      } catch (error) {
        fail(error)
      } finally {
        this.running = false
      }
    },

    async runCode(code: string) {
      const outcome = await runDraft(session.functionId, code, toDraftEvent(this.event))
      this.outcome = toDraftView(outcome)
      if (session.editor?.value() !== code) return
      session.draftError = toProblem(outcome)
      this.mark()
    },

    showSide(side: string) {
      if (side === this.side) return
      this.side = side
      keepInAddress({ side: side === 'run' ? '' : side })
    }
  })

export const createCodeActions = (session: CodeSession) => ({
  ...createSaving(session),
  ...createRunning(session)
})
