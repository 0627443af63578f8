/** Alerts through the API. */
import type { Api } from '../../helpers/api.js'

export const webhook = (url: string, change: object = {}) => ({ kind: 'webhook', url, ...change })

/** Gives its id. */
export async function createAlert({ call }: Api, fields: object): Promise<string> {
  const { status, json, text } = await call('POST', '/api/alerts', { name: 'an alert', ...fields })
  if (status !== 201) throw new Error(`${status} ${text}`)
  return String(json.id)
}

/** As the API shows it. */
export const alertOf = async ({ call }: Api, id: string) =>
  (await call('GET', `/api/alerts/${id}`)).json
