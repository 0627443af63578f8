/** The variables that all functions share, over HTTP. */
import { requestTagged, type Tagged } from './client.js'
import type { Variables } from './variables.js'

export const sharedVariablesApi = '/api/env'
export const getSharedVariables = (): Promise<Tagged<Variables>> =>
  requestTagged(sharedVariablesApi)
