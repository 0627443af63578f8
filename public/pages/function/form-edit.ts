/**
 * A form about the function of the page, or another subject. It remembers what each field was when the reader began;
 * so a save sends only what the reader changed, together with the tag of the state that the page knows, and takes
 * nothing back that somebody else, or the function itself, changed meanwhile. Where both changed the same field, the
 * reader decides.
 */
import { isRefused, Stale } from '../../api/failure.js'
import type { LuaFunction } from '../../api/types.js'
import { t } from '../../i18n/locale.js'
import { askClashes } from '../../shell/clashes.js'
import { withBusy } from '../../shell/loading.js'
import { succeed } from '../../shell/toasts.js'
import { current } from '../function.js'
import { differing, findClashes, overlay, type Fields, type Value } from './merge.js'
import type { Subject } from './subject.js'

export interface FormOptions<T> {
  /** What the form is about, of the subject as it is. */
  readonly read: (now: T) => Fields
  /** What the form holds. */
  readonly mine: () => Fields
  readonly show: (fields: Fields) => void
  /** Sends what shall hold; only `changed` differs from what is there. */
  readonly send: (wanted: Fields, changed: Fields, tag: string) => Promise<unknown>
  readonly label: (name: string) => string
  /** A value in words, for the question what shall hold. */
  readonly describe?: (name: string, value: Value) => string
  readonly secret?: boolean
}

export interface FormEdit {
  /** The reader changed something. */
  changed(): boolean
  /** Takes what is there now into the fields that the reader has not touched. */
  follow(): void
  /** True: saved. False: the reader wants to go on with the form. */
  save(): Promise<boolean>
}

/** Where something is changed faster than that, nothing can be saved on top of it. */
const mostTries = 20

/** Of a form about the function of the page. */
export const createFormEdit = (options: FormOptions<LuaFunction>): FormEdit =>
  createEdit(current, options)

export function createEdit<T>(
  subject: Subject<T>,
  { read, mine, show, send, label, describe, secret = false }: FormOptions<T>
): FormEdit {
  let base = read(subject.now())
  /** What was sent and may be stored: found there, it is nobody else's. */
  let sent: Fields = {}
  /** Meanwhile the save itself looks at what is there. */
  let saving = false

  function follow(): void {
    const theirs = read(subject.now())
    if (saving || differing(base, theirs).length === 0) return
    const typed = mine()
    const touched = differing(base, typed)
    base = overlay(theirs, touched, base)
    show(overlay(theirs, touched, typed))
  }

  /** Settles the fields that both changed; the form then stands on what is there now. False: not now. */
  async function settle(): Promise<boolean> {
    await subject.settled()
    const theirs = read(subject.now())
    const typed = mine()
    const clashes = findClashes(base, typed, theirs).filter(
      ({ name, theirs: found }) => !Object.hasOwn(sent, name) || sent[name] !== found
    )
    const choices =
      clashes.length === 0 ? {} : await askClashes({ clashes, label, describe, secret })
    if (choices === undefined) return false
    const kept = differing(base, typed).filter(name => choices[name] !== 'theirs')
    base = theirs
    show(overlay(theirs, kept, typed))
    return true
  }

  async function save(): Promise<boolean> {
    saving = true
    try {
      return await saveOnTop()
    } finally {
      saving = false
      follow()
    }
  }

  async function saveOnTop(): Promise<boolean> {
    for (let tries = 1; await settle(); tries++) {
      const wanted = mine()
      const changed = differing(base, wanted)
      if (changed.length === 0) return true
      try {
        await send(wanted, overlay({}, changed, wanted), subject.tag)
        base = wanted
        sent = {}
        await subject.refresh()
        return true
      } catch (error) {
        if (!isRefused(error)) sent = Object.fromEntries(changed.map(name => [name, wanted[name]]))
        if (!(error instanceof Stale) || tries === mostTries) throw error
        subject.take(error.current as T, error.tag)
      }
    }
    return false
  }

  return { changed: () => differing(base, mine()).length > 0, follow, save }
}

/** Saves with `state.busy` set, and says so. True: saved. */
export async function saveForm(
  state: { busy: boolean },
  edit: FormEdit,
  onError: (error: unknown) => void
): Promise<boolean> {
  let saved = false
  await withBusy(
    state,
    async () => {
      saved = await edit.save()
      if (saved) succeed(t('common.savedChanges'))
    },
    onError
  )
  return saved
}
