/** Saves what is in the editor on top of what is active now, without taking back what somebody else activated. */
import { isRefused, Stale } from '../../../api/failure.js'
import { checkCode, listVersions, saveCode } from '../../../api/code.js'
import type { Version } from '../../../api/types.js'
import { t } from '../../../i18n/locale.js'
import { ask } from '../../../shell/dialogs.js'
import type { CodeOwner, Owned } from '../owner.js'
import { askCode } from './clash.js'

/** What the code in the editor was made from; `code` undefined when that is not known any more. */
export interface CodeBase {
  readonly version: number
  readonly code?: string | undefined
}

/** Where code is saved. */
interface Place {
  readonly owner: CodeOwner
  readonly id: string
  /** Code that was sent and may be stored: it is the reader's own, whatever was answered. */
  readonly sent: Set<string>
}

export type SavedCode =
  /** `code` is what the editor is to hold now, and what it was made from is active. */
  | { readonly how: 'active' | 'theirs'; readonly code: string }
  | { readonly how: 'inactive'; readonly code: string; readonly version: number }

export const toBase = ({ version, code }: Version): CodeBase => ({ version, code })

/** Undefined: the reader wants to go on with the code; nothing was saved. */
export async function saveTyped(
  { owner: { subject, api }, id, sent }: Place,
  typed: string,
  base: CodeBase
): Promise<SavedCode | undefined> {
  let [code, madeFrom, allowed] = [typed, base, '']
  let activate = true
  for (;;) {
    const theirs = subject.now().active_version
    if (activate && !sent.has(theirs.code) && isAnother(theirs, madeFrom, code)) {
      const choice = await askCode(theirs, code)
      if (choice === undefined) return undefined
      if (choice === 'theirs') return { how: 'theirs', code: theirs.code }
      code = choice.code
    }
    madeFrom = toBase(theirs)
    if (activate && code === theirs.code) return { how: 'active', code }
    if (code !== allowed) {
      const answer = await askIfBroken(code)
      if (answer === undefined) return undefined
      activate = answer === 'activate'
      allowed = code
    }
    try {
      if (activate) sent.add(code)
      await saveCode(api(id), { code, ...(activate ? {} : { activate }) }, subject.tag)
      await subject.refresh()
      return activate
        ? { how: 'active', code }
        : { how: 'inactive', code, version: await newestVersion(api(id)) }
    } catch (error) {
      if (isRefused(error)) sent.delete(code)
      if (!(error instanceof Stale)) throw error
      subject.take(error.current as Owned, error.tag)
    }
  }
}

/** Something else is active than what the code was made from, and it is not the same text after all. */
const isAnother = (theirs: Version, base: CodeBase, code: string): boolean =>
  theirs.version !== base.version && theirs.code !== base.code && theirs.code !== code

/** Code that does not parse goes live only when the reader says so. */
async function askIfBroken(code: string): Promise<'activate' | 'inactive' | undefined> {
  const answer = await checkCode(code)
  if (answer.ok) return 'activate'
  const { line = 1, message } = answer.error
  const wish = await ask({
    title: t('changes.brokenTitle'),
    text: t('changes.brokenText', { line, message }),
    confirm: t('changes.saveInactive'),
    other: t('changes.saveActive')
  })
  return wish === 'cancel' ? undefined : wish === 'other' ? 'activate' : 'inactive'
}

async function newestVersion(of: string): Promise<number> {
  const { versions } = await listVersions(of, { limit: 1, offset: 0 })
  return versions?.[0]?.version ?? 0
}
