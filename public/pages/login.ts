/** Signing in with the API key; says why one has to, and goes back to where one was. */
import { component } from '../alpine.js'
import { signIn } from '../api/server.js'
import { Failure } from '../api/failure.js'
import { t } from '../i18n/locale.js'
import { withBusy } from '../shell/loading.js'
import { navigate } from '../shell/router.js'
import { safeReturn } from '../shell/session.js'
import { describeError } from '../shell/toasts.js'

component('login', () => ({
  key: '',
  error: '',
  busy: false,
  reason: new URLSearchParams(location.search).get('reason') ?? '',

  init() {
    this.$nextTick(() => this.$refs['key']?.focus())
  },

  async submit() {
    this.error = ''
    this.reason = ''
    const signedIn = await withBusy(
      this,
      async () => {
        await signIn(this.key.trim())
      },
      error => {
        this.error =
          error instanceof Failure && error.status === 401
            ? t('login.wrong')
            : describeError(error).text
        this.$nextTick(() => this.$refs['key']?.focus())
      }
    )
    if (signedIn) {
      navigate(safeReturn(new URLSearchParams(location.search).get('next')), { replace: true })
    }
  }
}))
