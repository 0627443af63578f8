/** Opens the editor with the draft that was kept, or with the active version, and follows both. */
import { part } from '../../../alpine.js'
import type { Version } from '../../../api/types.js'
import { loadEditor } from '../../../editor/load.js'
import type { EditorModule } from '../../../editor/contract.js'
import { describeShared } from '../../../editor/shared-modules.js'
import { t } from '../../../i18n/locale.js'
import { loadInto } from '../../../shell/loading.js'
import { readAddress } from '../../../shell/router.js'
import type { Checking } from './checking.js'
import { toBase } from './save-code.js'
import { isDirty, keepTyped, type CodeSession, type CodeState } from './state.js'

interface Actions {
  save(): unknown
  run(): unknown
}

const isDesktop = (): boolean => matchMedia('(min-width: 64rem)').matches

export function createCodeLoading(session: CodeSession) {
  const { owner } = session
  return part<CodeState & Checking & Actions>()({
    load(): Promise<void> {
      return loadInto(this, loadEditor, editorModule => {
        describeShared(editorModule)
        const host = this.$refs['host']
        if (host?.isConnected && !session.editor) this.openEditor(editorModule, host)
      })
    },

    openEditor({ createEditor }: EditorModule, host: HTMLElement) {
      const { name, active_version: active } = owner.subject.now()
      const draft = session.draft.open()
      this.restored = draft !== undefined && draft.code !== active.code
      this.dirty = this.restored
      if (draft?.sent !== undefined) session.sent.add(draft.sent)
      const isOutdated = this.restored && draft !== undefined && draft.base !== active.version
      const isOwn = session.sent.has(active.code)
      session.base = isOutdated && !isOwn ? { version: draft.base } : toBase(active)
      session.editor = createEditor(host, {
        label: t('code.editorLabel', { name }),
        code: draft?.code ?? active.code,
        onChange: code => this.onChange(code),
        onSave: () => {
          this.save()
        },
        onRun: () => {
          this.run()
        }
      })
      const { line } = readAddress('line')
      if (/^[1-9]\d*$/.test(line)) session.editor.goTo(Number(line))
      else if (isDesktop()) session.editor.focus()
      this.measure(session.editor.value())
      this.check()
    },

    onChange(code: string) {
      this.clearMarks()
      this.measure(code)
      this.dirty = isDirty(session)
      if (this.dirty) keepTyped(session)
      else session.draft.drop()
      this.checkSoon()
    }
  })
}

export const createFollowing = (session: CodeSession) =>
  part<CodeState>()({
    /** A version that somebody else activated is shown at once, unless something was typed: then saving asks. */
    followActiveVersion() {
      const { owner, id, editor, base } = session
      const { id: present, active_version: active } = owner.subject.now()
      if (!editor || this.busy || present !== id || active.version === base.version) return
      if (session.sent.has(active.code)) return this.knowStored(active)
      if (this.dirty) return
      session.base = toBase(active)
      if (editor.value() !== active.code) editor.set(active.code)
    },

    /** It was stored after all, although no answer said so. */
    knowStored(active: Version) {
      session.base = toBase(active)
      session.sent.clear()
      this.dirty = isDirty(session)
      this.restored &&= this.dirty
      if (this.dirty) keepTyped(session)
      else session.draft.drop()
    }
  })
