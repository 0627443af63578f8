/** Which server is meant, and with which token. */
import { Failure } from '../failure.js'
import { Client } from './client.js'
import { readConfig, readUrl } from './config.js'
import { findProject, type Project } from './project.js'

/**
 * The server that MOONLET_URL names, else the one of the project, else the one of the last login. A project may name a
 * server but never gets a token sent to one that nobody logged in to: folders come from others too.
 */
export async function connect(project?: Project): Promise<Client> {
  const { servers, current } = await readConfig()
  const { MOONLET_URL = '', MOONLET_TOKEN = '' } = process.env
  if (MOONLET_URL !== '') {
    const url = readUrl(MOONLET_URL)
    return new Client(url, MOONLET_TOKEN === '' ? (servers[url]?.token ?? '') : MOONLET_TOKEN)
  }
  const named = (project ?? (await findProject())).url
  const url = named ?? current
  if (url === undefined) {
    throw new Failure(
      'refused',
      'No server is known here: run "moonlet login URL", or set MOONLET_URL and MOONLET_TOKEN'
    )
  }
  const known = servers[url]
  if (known === undefined) {
    throw new Failure(
      'refused',
      `This folder is of ${url}, to which nobody has logged in here: run "moonlet login ${url}", ` +
        'or set MOONLET_URL and MOONLET_TOKEN'
    )
  }
  return new Client(url, MOONLET_TOKEN === '' ? known.token : MOONLET_TOKEN)
}
