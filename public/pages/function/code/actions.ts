/** What can be done with the code: save it, run it as a draft, discard it, leave it. */
import { part } from '../../../alpine.js'
import { isMissing } from '../../../api/failure.js'
import type { Version } from '../../../api/types.js'
import { refreshShared } from '../../../editor/shared-modules.js'
import { t } from '../../../i18n/locale.js'
import { ask } from '../../../shell/dialogs.js'
import { withBusy } from '../../../shell/loading.js'
import { read, write } from '../../../shell/local-storage.js'
import { keepInAddress } from '../../../shell/router.js'
import { fail, succeed } from '../../../shell/toasts.js'
import { askToCreate, offerTyped } from '../gone.js'
import type { Checking } from './checking.js'
import { toDraftEvent, toDraftView, toProblem } from './draft-event.js'
import { mayWrite } from './draft-writes.js'
import { saveTyped, toBase, type SavedCode } from './save-code.js'
import { eventName, keepTyped, type CodeSession, type CodeState } from './state.js'

/** Adopts what was saved; what was typed meanwhile stays a draft. */
function adopt(session: CodeSession, typed: string, saved: SavedCode): { dirty: boolean } {
  const { editor } = session
  session.base = { version: activeOf(session).version, code: saved.code }
  session.sent.clear()
  if (saved.code !== typed && editor?.value() === typed) editor.set(saved.code)
  const dirty = editor?.value() !== saved.code
  // What is kept has to be known as made from what was saved.
  if (dirty) keepTyped(session)
  else session.draft.drop()
  return { dirty }
}

const activeOf = ({ owner }: CodeSession): Version => owner.subject.now().active_version

function announce(saved: SavedCode, { version }: Version): void {
  if (saved.how === 'inactive') succeed(t('changes.savedInactive', { version: saved.version }))
  if (saved.how === 'active') succeed(t('code.saved', { version }))
}

/** The name of the chosen function in the browser's storage. */
const targetName = ({ id }: CodeSession): string => `target.${id}`

const createSaving = (session: CodeSession) =>
  part<CodeState>()({
    save() {
      const code = session.editor?.value()
      if (code === undefined || !this.dirty || this.tooLong !== '') return
      const work = async (): Promise<void> => {
        const saved = await saveTyped(session, code, session.base)
        if (saved === undefined) return
        this.dirty = adopt(session, code, saved).dirty
        this.restored = false
        announce(saved, activeOf(session))
        if (session.owner.targets) refreshShared()
      }
      return withBusy(this, work, error => {
        keepTyped(session)
        if (isMissing(error)) askToCreate()
        else fail(error)
      })
    },

    /** What is typed can become another's, where this has been deleted. */
    offer() {
      return offerTyped({
        code: () => session.editor?.value(),
        onSaved: () => {
          session.draft.drop()
          this.dirty = false
        }
      })
    },

    async discard() {
      const answer = await ask({
        title: t('code.discardTitle'),
        text: t('code.discardText'),
        confirm: t('code.discard'),
        danger: true
      })
      if (answer !== 'confirm') return
      session.base = toBase(activeOf(session))
      session.editor?.set(activeOf(session).code)
      session.draft.drop()
      this.restored = false
      session.editor?.focus()
    },

    async mayLeave() {
      const isKept = keepTyped(session)
      const answer = await ask({
        title: t('code.leaveTitle'),
        text: t(isKept ? 'code.leaveText' : 'code.leaveLostText'),
        confirm: t('code.leave'),
        other: t('code.saveAndLeave'),
        danger: !isKept
      })
      if (answer !== 'other') return answer === 'confirm'
      await this.save()
      return !this.dirty
    }
  })

/** On a phone it is below the editor, out of sight. What `x-show` shows is there with the next frame. */
const showOutcome = (): void => {
  requestAnimationFrame(() => {
    document.getElementById('draft-outcome')?.scrollIntoView({ block: 'nearest' })
  })
}

const createRunning = (session: CodeSession) =>
  part<CodeState & Checking>()({
    async run() {
      if (this.running || !session.editor) return
      if (this.isModule && this.target === '') return this.showSide('run')
      const isAllowed = await this.mayRun(session.editor.value())
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

    async mayRun(code: string): Promise<boolean> {
      const also = await session.owner.alsoRuns(this.target).catch(() => '')
      return mayWrite(session.id, `${code}\n${also}`)
    },

    async runCode(code: string) {
      const { owner } = session
      const outcome = await owner.run(code, toDraftEvent(this.event), this.target)
      this.outcome = toDraftView(outcome, owner.module())
      this.$nextTick(showOutcome)
      if (session.editor?.value() !== code) return
      session.draftError = toProblem(outcome, owner.module())
      this.mark()
    },

    /** The one that was chosen last, or the first. */
    async loadTargets() {
      this.targets = (await session.owner.targets?.().catch(() => [])) ?? []
      const kept = read(targetName(session))
      const [first] = this.targets
      const found = this.targets.find(({ id }) => id === kept) ?? first
      this.target = found?.id ?? ''
    },
    keepTarget() {
      write(targetName(session), this.target)
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
