/** The variables that all functions share, over HTTP. */
import { fetchOk, tagOf } from './client.js'
import type { Variables } from './variables.js'

export const sharedVariablesApi = '/api/env'

/** With the tag of its state, as functions have one. */
export async function getSharedVariables(): Promise<{ found: Variables; tag: string }> {
  const response = await fetchOk(sharedVariablesApi)
  return { found: (await response.json()) as Variables, tag: tagOf(response) }
}
