/** Signing in with the API key; says why one has to, and goes back to where one was. */
import { component } from '../alpine.js'
import { navigate } from '../shell/router.js'
import { safeReturn } from '../shell/session.js'
import { signInForm } from '../shell/sign-in.js'

component('login', () => ({
  ...signInForm(),
  reason: new URLSearchParams(location.search).get('reason') ?? '',

  init() {
    this.focus()
  },
  focus() {
    this.$nextTick(() => this.$refs['key']?.focus())
  },

  async submit() {
    this.reason = ''
    if (await this.send()) {
      navigate(safeReturn(new URLSearchParams(location.search).get('next')), { replace: true })
    } else this.focus()
  }
}))
