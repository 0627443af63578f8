/** Who is signed in is known to the server alone: a 401 anywhere leads to the login page and back. */
import { signOut } from '../api/server.js'
import { go, route } from './router.js'
import { fail } from './toasts.js'

/** Paths within this dashboard only; anything else is the start page. */
export function safeReturn (next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) && !next.startsWith('/login') ? next : '/'
}

/** Whoever leaves is not told that the session has ended by what was still being asked for. */
let leaving = false

export function onSignedOut (): void {
  if (route.page === 'login' || leaving) return
  const first = location.pathname + location.search
  go(`/login?reason=ended&next=${encodeURIComponent(first)}`, { replace: true })
}

export async function leave (): Promise<void> {
  leaving = true
  try {
    await signOut()
    await go('/login?reason=left')
  } catch (error) {
    fail(error)
  } finally {
    leaving = false
  }
}
