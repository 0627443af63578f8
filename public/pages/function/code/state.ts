/** What the code page shows, and what it keeps beside that. */
import type { RequiredModule } from '../../../api/types.js'
import type { CodeEditor, Problem } from '../../../editor/contract.js'
import { loading } from '../../../shell/loading.js'
import { read } from '../../../shell/local-storage.js'
import { readAddress } from '../../../shell/router.js'
import { commandKey } from '../../../shell/shortcuts.js'
import { ownerOfPage, type CodeOwner, type Target } from '../owner.js'
import { createDraftKeeper, type DraftKeeper } from './draft-keeper.js'
import { emptyEvent, noDraftView, type TypedEvent } from './draft-event.js'
import { toBase, type CodeBase } from './save-code.js'

/** Not part of the reactive state: the editor must not become reactive. */
export interface CodeSession {
  readonly owner: CodeOwner
  /** Of the function or module. */
  readonly id: string
  /** Keeps what is typed. */
  readonly draft: DraftKeeper
  editor: CodeEditor | undefined
  /** What the code in the editor was made from. */
  base: CodeBase
  /** Code that was sent and may be stored. */
  readonly sent: Set<string>
  /** The syntax error that the latest check found. */
  syntaxError: Problem | undefined
  /** Where the draft failed, until its code is changed. */
  draftError: Problem | undefined
}

export function createCodeSession(): CodeSession {
  const owner = ownerOfPage()
  const { id, active_version: active } = owner.subject.now()
  const session: CodeSession = {
    owner,
    id,
    draft: createDraftKeeper(id, () => {
      if (session.editor && isDirty(session)) keepTyped(session)
    }),
    editor: undefined,
    base: toBase(active),
    sent: new Set(),
    syntaxError: undefined,
    draftError: undefined
  }
  return session
}

/** The editor holds something else than what it was made from. */
export const isDirty = ({ owner, editor, base }: CodeSession): boolean =>
  editor?.value() !== (base.code ?? owner.subject.now().active_version.code)

/** False: it is in the editor alone, and gone with the page. */
export function keepTyped({ draft, editor, base, sent }: CodeSession): boolean {
  if (editor === undefined) return false
  const typed = { code: editor.value(), base: base.version }
  const [latest] = [...sent].slice(-1)
  // There may not be room for both.
  return (latest !== undefined && draft.keep({ ...typed, sent: latest })) || draft.keep(typed)
}

export const noSyntaxError = { message: '', line: 0, column: 1 }
/** The name of the draft's event in the browser's storage. */
export const eventName = ({ id }: CodeSession): string => `event.${id}`

/** Shared modules that the active version requires. */
export const requiresOf = ({ owner }: CodeSession): readonly RequiredModule[] =>
  owner.subject.now().requires ?? []

export type CodeState = ReturnType<typeof createCodeState>

export function createCodeState(session: CodeSession) {
  const kept = read(eventName(session)) as Partial<TypedEvent> | undefined
  return {
    ...loading(),
    busy: false,
    running: false,
    dirty: false,
    /** Says so when the code is longer than the server accepts. */
    tooLong: '',
    /** The editor began with a draft that was not saved. */
    restored: false,
    side: readAddress('side').side === 'reference' ? 'reference' : 'run',
    syntax: noSyntaxError,
    event: { ...emptyEvent(), ...kept },
    /** Functions that a module can be run with; of a function there is none to choose. */
    targets: [] as readonly Target[],
    target: '',
    isModule: session.owner.targets !== undefined,
    requires: requiresOf(session),
    outcome: noDraftView(),
    keys: { save: `${commandKey} S`, run: `${commandKey} ↵` }
  }
}
