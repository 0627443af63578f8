/**
 * Who is signed in is known to the server alone: a 401 anywhere leads to the login page and back. A page in which
 * something was typed is not left, and asks for the key in a dialog.
 */
import { signOut } from '../api/server.js'
import { ownLocation } from '../base-path.js'
import { read, write } from './local-storage.js'
import { mayLeave, navigate, route } from './router.js'
import { signInHere } from './sign-in.js'
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

/** The page that something was typed in, or that the reader would rather not sign in on. */
let typedIn = ''
let refusedOn = ''
const page = (): string => `${route.page} ${route.id}`
for (const kind of ['input', 'paste']) {
  addEventListener(
    kind,
    () => {
      typedIn = page()
    },
    true
  )
}

/** After signing out, pending requests do not report that the session has ended. */
let leaving = false

/**
 * True: signed in again on this page. `isChange`: the reader wanted something done; what a page asks for by itself
 * brings the dialog back only when it was not closed before.
 */
export async function onSignedOut({ isChange }: { isChange: boolean }): Promise<boolean> {
  // The guide is for everybody.
  if (route.page === 'login' || route.page === 'guide' || leaving) return false
  if (typedIn !== page()) {
    toLogin()
    return false
  }
  if (!isChange && refusedOn === page()) return false
  const isSignedIn = await signInHere()
  refusedOn = isSignedIn ? '' : page()
  return isSignedIn
}

/** To the login page, which leads back here. */
export function toLogin(): void {
  const first = ownLocation()
  const reason = known ? 'reason=ended&' : ''
  forgetSession()
  navigate(`/login?${reason}next=${encodeURIComponent(first)}`, { replace: true })
}

export async function leave(): Promise<void> {
  if (!(await mayLeave('/login'))) return
  leaving = true
  try {
    await signOut()
    forgetSession()
    await navigate('/login?reason=left', { asked: true })
  } catch (error) {
    fail(error)
  } finally {
    leaving = false
  }
}
