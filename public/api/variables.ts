/** Environment variables over HTTP: of a function, and those that all share. `of` is their address in the API. */
import { request } from './client.js'
import { functionApi } from './functions.js'

export interface Variables {
  env_vars: Record<string, string>
}

export const variablesApi = (id: string): string => `${functionApi(id)}/env`
export const replaceVariables = (of: string, variables: object, tag?: string): Promise<unknown> =>
  request(of, { method: 'PUT', body: { env_vars: variables }, ifMatch: tag })
