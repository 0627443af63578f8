/**
 * Signing in: on a page of its own, or without leaving the page, in a native modal dialog, where something was typed
 * that must not go with a session that ends.
 */
import { Alpine, store } from '../alpine.js'
import { Failure } from '../api/failure.js'
import { signIn as sendKey } from '../api/server.js'
import { t } from '../i18n/locale.js'
import { withBusy } from './loading.js'
import { describeError } from './toasts.js'

export const signInForm = () => ({
  key: '',
  error: '',
  busy: false,

  /** True: signed in. */
  send(): Promise<boolean> {
    this.error = ''
    return withBusy(
      this,
      async () => {
        await sendKey(this.key.trim())
      },
      error => {
        const isWrong = error instanceof Failure && error.status === 401
        this.error = isWrong ? t('login.wrong') : describeError(error).text
      }
    )
  }
})

let pending: Promise<boolean> | undefined
let settle = (_isSignedIn: boolean): void => {}
const element = (): HTMLDialogElement | null =>
  document.querySelector<HTMLDialogElement>('#sign-in')

export const signIn = store('signIn', {
  ...signInForm(),
  /** Only then is there a field for the key, which password managers would find. */
  open: false,
  async submit() {
    if (await this.send()) this.answer(true)
    else element()?.querySelector('input')?.focus()
  },
  answer(isSignedIn: boolean) {
    // The key does not stay in the page.
    this.key = ''
    this.error = ''
    element()?.close()
    this.open = false
    settle(isSignedIn)
  }
})

/** Resolves with whether the reader has signed in; whoever asks meanwhile waits for the same answer. */
export function signInHere(): Promise<boolean> {
  pending ??= new Promise<boolean>(resolve => {
    settle = resolve
    signIn.open = true
    Alpine.nextTick(() => element()?.showModal())
  }).finally(() => {
    pending = undefined
  })
  return pending
}
