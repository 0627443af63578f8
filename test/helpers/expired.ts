/** What expires, as tests need it: made while that is still to come. */
import { setTimeout as pause } from 'node:timers/promises'

const nowSeconds = () => Math.floor(Date.now() / 1000)

/** `make` gets a time in Unix seconds soon after now; that is over when this resolves. */
export async function makeExpired<T>(make: (expiresAt: number) => Promise<T>): Promise<T> {
  const expiresAt = nowSeconds() + 3
  const made = await make(expiresAt)
  while (nowSeconds() < expiresAt) await pause(20)
  return made
}
