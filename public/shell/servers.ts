/** Whether several servers may work on the data: asked for once, when somebody is signed in. */
import { store } from '../alpine.js'
import { getStatus } from '../api/server.js'
import { loadOnce } from '../load-once.js'

export const servers = store('servers', { areSeveral: false })

/** Rejects when the server cannot be asked; the next call asks again. */
export const loadServers = loadOnce(async () => {
  servers.areSeveral = (await getStatus()).database === 'postgresql'
})
