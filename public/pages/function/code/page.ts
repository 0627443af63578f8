/** The code page: an editor that checks while one types, runs drafts, saves versions, and never loses what is typed. */
import { component } from '../../../alpine.js'
import { write } from '../../../shell/local-storage.js'
import { guardLeaving } from '../../../shell/router.js'
import { hasCommand } from '../../../shell/shortcuts.js'
import { createCodeActions } from './actions.js'
import { createChecking } from './checking.js'
import { createCodeLoading, createFollowing } from './loading.js'
import { createCodeSession, createCodeState, eventName, requiresOf } from './state.js'

component('code', () => {
  const session = createCodeSession()
  const { id, owner } = session
  let stopGuarding = (): void => {}
  let stopOffering = (): void => {}
  return {
    ...createCodeState(session),
    ...createChecking(session),
    ...createCodeLoading(session),
    ...createFollowing(session),
    ...createCodeActions(session),

    init() {
      stopGuarding = guardLeaving(to => {
        const stays = to.id === id && to.tab === 'code'
        return !this.dirty || stays || this.mayLeave()
      })
      stopOffering = this.offer()
      this.$watch(owner.watched, () => {
        this.requires = requiresOf(session)
        this.followActiveVersion()
      })
      this.$watch('event', () => write(eventName(session), this.event))
      this.load()
      this.loadTargets()
    },

    active: () => owner.subject.now().active_version,

    destroy() {
      stopGuarding()
      stopOffering()
      write(eventName(session), this.event)
      this.stopChecking()
      session.draft.close()
      session.editor?.dispose()
      session.editor = undefined
    },

    onUnload(event: Event) {
      if (this.dirty) event.preventDefault()
    },

    onKey(event: KeyboardEvent) {
      if (!hasCommand(event) || event.defaultPrevented) return
      const isSave = event.key === 's'
      if (!isSave && event.key !== 'Enter') return
      event.preventDefault()
      if (isSave) this.save()
      else this.run()
    },

    onTabKey(event: KeyboardEvent) {
      if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return
      this.showSide(this.side === 'run' ? 'reference' : 'run')
      this.$nextTick(() => document.getElementById(`side-${this.side}`)?.focus())
    },

    goTo(line: number, column: number) {
      session.editor?.goTo(line, column)
    },
    insert(text: string) {
      session.editor?.insert(text)
    }
  }
})
