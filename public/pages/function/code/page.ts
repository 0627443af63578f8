/** The editor: check while typing, run a draft, save a version, and never lose what is typed. */
import { component } from '../../../alpine.js'
import { checkCode, runDraft } from '../../../api/functions.js'
import { byteLength, isTooLong, limits } from '../../../api/limits.js'
import type { CodeEditor, Problem } from '../../../editor/contract.js'
import { loadEditor } from '../../../editor/load.js'
import { format } from '../../../format/values.js'
import { t } from '../../../i18n/locale.js'
import { ask } from '../../../shell/dialogs.js'
import { busily, loading, track } from '../../../shell/loading.js'
import { read, write } from '../../../shell/local-storage.js'
import { guardLeaving, keepInAddress, readAddress } from '../../../shell/router.js'
import { commandKey, hasCommand } from '../../../shell/shortcuts.js'
import { fail, succeed } from '../../../shell/toasts.js'
import { current } from '../../function.js'
import type { TypedEvent } from './draft-event.js'
import { emptyEvent, noOutcome, toDraftEvent, toProblem, toShown } from './draft-event.js'
import { mayWrite } from './draft-writes.js'
import { dropDraft, keepDraft, readDraft } from './draft-store.js'
import { saveCode, toBase, type CodeBase } from './save-code.js'

/** Nothing is marked before there was a pause of so long: what is being typed is not finished. */
const checkDelayMs = 1_000
const noSyntaxError = { message: '', line: 0, column: 1 }

component('code', () => {
  let editor: CodeEditor | undefined
  let checking: AbortController | undefined
  /** What is wrong by the latest check, and where the draft failed as long as it is as it was run. */
  let faulty: Problem | undefined
  let failed: Problem | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopGuarding = (): void => {}
  const { id } = current.fn
  /** What the code in the editor was made from. */
  let base: CodeBase = toBase(current.fn.active_version)
  return {
    ...loading(),
    busy: false,
    running: false,
    dirty: false,
    /** Longer than the server takes; said while typing. */
    tooLong: '',
    restored: false,
    side: readAddress('side').side === 'reference' ? 'reference' : 'run',
    syntax: noSyntaxError,
    event: { ...emptyEvent(), ...(read(`event.${id}`) as Partial<TypedEvent> | undefined) },
    outcome: noOutcome(),
    keys: { save: `${commandKey} S`, run: `${commandKey} ↵` },

    init() {
      stopGuarding = guardLeaving(
        to => !this.dirty || (to.id === id && to.tab === 'code') || this.mayLeave()
      )
      this.$watch('$store.current.fn', () => {
        this.follow()
      })
      this.load()
    },

    destroy() {
      stopGuarding()
      write(`event.${id}`, this.event)
      clearTimeout(timer)
      checking?.abort()
      editor?.dispose()
      editor = undefined
    },

    load(): Promise<void> {
      return track(this, loadEditor, ({ createEditor }) => {
        const host = this.$refs['host']
        if (!host?.isConnected || editor) return
        const kept = readDraft(id)
        const saved = current.fn.active_version.code
        this.restored = kept !== undefined && kept.code !== saved
        this.dirty = this.restored
        base =
          this.restored && kept !== undefined && kept.base !== current.fn.active_version.version
            ? { version: kept.base }
            : toBase(current.fn.active_version)
        editor = createEditor(host, {
          label: t('code.editorLabel', { name: current.fn.name }),
          code: kept?.code ?? saved,
          onChange: code => this.onChange(code),
          onSave: () => {
            this.save()
          },
          onRun: () => {
            this.run()
          }
        })
        const { line } = readAddress('line')
        if (/^[1-9]\d*$/.test(line)) editor.goTo(Number(line))
        else if (matchMedia('(min-width: 64rem)').matches) editor.focus()
        this.measure(editor.value())
        this.check()
      })
    },

    onChange(code: string) {
      if (failed || faulty) {
        failed = undefined
        faulty = undefined
        this.mark()
      }
      this.measure(code)
      this.dirty = code !== (base.code ?? current.fn.active_version.code)
      if (this.dirty) keepDraft(id, { code, base: base.version })
      else dropDraft(id)
      clearTimeout(timer)
      timer = setTimeout(() => {
        this.check()
      }, checkDelayMs)
    },

    measure(code: string) {
      const sizes = () => ({
        size: format.number(byteLength(code)),
        limit: format.number(limits.code)
      })
      this.tooLong = isTooLong(code, limits.code) ? t('code.tooLong', sizes()) : ''
    },

    /** What somebody else activated is shown at once where nothing was typed, and asked about on saving where it was. */
    follow() {
      const { active_version: active } = current.fn
      if (
        !editor ||
        this.dirty ||
        this.busy ||
        current.fn.id !== id ||
        active.version === base.version
      ) {
        return
      }
      base = toBase(active)
      if (editor.value() !== active.code) editor.set(active.code)
    },

    mark() {
      editor?.mark(faulty ?? failed)
    },

    /** Marks the first syntax error. A check that fails to reach the server says nothing; the next one will. */
    async check() {
      checking?.abort()
      checking = new AbortController()
      const code = editor?.value() ?? ''
      try {
        const answer =
          code.trim() === '' || this.tooLong !== ''
            ? ({ ok: true } as const)
            : await checkCode(code, checking.signal)
        faulty = answer.ok ? undefined : { line: 1, ...answer.error }
        this.mark()
        this.syntax = faulty ? { column: 1, ...faulty } : noSyntaxError
      } catch {
        // Typing goes on without marks.
      }
    },

    save() {
      const code = editor?.value()
      if (code === undefined || !this.dirty || this.tooLong !== '') return
      return busily(
        this,
        async () => {
          const saved = await saveCode(id, code, base)
          if (saved === undefined) return
          const { active_version: active } = current.fn
          base = { version: active.version, code: saved.code }
          if (saved.code !== code && editor?.value() === code) editor.set(saved.code)
          this.dirty = editor?.value() !== saved.code
          this.restored = false
          if (!this.dirty) dropDraft(id)
          if (saved.how === 'asleep') succeed(t('changes.savedAsleep', { version: saved.version }))
          else if (saved.how === 'active') succeed(t('code.saved', { version: active.version }))
        },
        fail
      )
    },

    async run() {
      if (
        this.running ||
        !editor ||
        !(await mayWrite(id, editor.value())) ||
        this.running ||
        !editor
      ) {
        return
      }
      this.running = true
      this.showSide('run')
      write(`event.${id}`, this.event)
      try {
        const code = editor.value()
        const outcome = await runDraft(id, code, toDraftEvent(this.event))
        this.outcome = toShown(outcome)
        if (editor?.value() !== code) return
        failed = toProblem(outcome)
        this.mark()
      } catch (error) {
        fail(error)
      } finally {
        this.running = false
      }
    },

    async discard() {
      if (
        (await ask({
          title: t('code.discardTitle'),
          text: t('code.discardText'),
          confirm: t('code.discard'),
          danger: true
        })) !== 'confirm'
      ) {
        return
      }
      base = toBase(current.fn.active_version)
      editor?.set(current.fn.active_version.code)
      dropDraft(id)
      this.restored = false
    },

    async mayLeave() {
      const answer = await ask({
        title: t('code.leaveTitle'),
        text: t('code.leaveText'),
        confirm: t('code.leave'),
        other: t('code.saveAndLeave')
      })
      if (answer === 'other') {
        await this.save()
        return !this.dirty
      }
      return answer === 'confirm'
    },

    onUnload(event: Event) {
      if (this.dirty) event.preventDefault()
    },

    onKey(event: KeyboardEvent) {
      if (!hasCommand(event) || event.defaultPrevented) return
      const act = (
        { s: () => this.save(), Enter: () => this.run() } as Record<string, () => unknown>
      )[event.key]
      if (!act) return
      event.preventDefault()
      act()
    },

    onTabKey(event: KeyboardEvent) {
      if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return
      this.showSide(this.side === 'run' ? 'reference' : 'run')
      this.$nextTick(() => document.getElementById(`side-${this.side}`)?.focus())
    },

    showSide(side: string) {
      if (side === this.side) return
      this.side = side
      keepInAddress({ side: side === 'run' ? '' : side })
    },

    goTo(line: number, column: number) {
      editor?.goTo(line, column)
    },
    insert(text: string) {
      editor?.insert(text)
    }
  }
})
