/** Who is signed in is known to the server alone: a 401 anywhere leads to the login page and back. */
import { signOut } from '../api/server.js'
import { ownLocation } from '../base-path.js'
import { read, write } from './local-storage.js'
import { navigate, route } from './router.js'
import { fail } from './toasts.js'

/** Paths within this dashboard only; anything else is the start page. */
export function safeReturn(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/'
}

/** Only who was signed in here before can be told that the session has ended. */
const SIGNED_IN = 'signedIn'
let known = read(SIGNED_IN) === true

/** The server answered something that it tells nobody but who is signed in. */
export function onAccepted(): void {
  if (known) return
  known = true
  write(SIGNED_IN, true)
}

function forgetSession(): void {
  known = false
  write(SIGNED_IN, undefined)
}

/** After signing out, pending requests do not report that the session has ended. */
let leaving = false

export function onSignedOut(): void {
  // The guide is for everybody.
  if (route.page === 'login' || route.page === 'guide' || leaving) return
  const first = ownLocation()
  const reason = known ? 'reason=ended&' : ''
  forgetSession()
  navigate(`/login?${reason}next=${encodeURIComponent(first)}`, { replace: true })
}

export async function leave(): Promise<void> {
  leaving = true
  try {
    await signOut()
    forgetSession()
    await navigate('/login?reason=left')
  } catch (error) {
    fail(error)
  } finally {
    leaving = false
  }
}
