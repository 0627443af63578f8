/** What plugins find on the Fastify instance. Each is put there by the plugin named in the comment. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:net'
import type { Config } from '../../config/schema.js'
import type { Actor } from './actor.js'
import './route-access.js'
import type { Addresses } from './addresses.js'
import type { CallChains } from './call-chain.js'
import type { MoonletError } from '../base/errors.js'
import type { FrontDoorService } from './front-door-service.js'
import type { IdSource } from '../base/ids.js'
import type { LuaRegistry } from '../lua/registry.js'
import type { InvocationEvent } from './invocation.js'
import type { Invoker } from './invoker.js'
import type { Jobs } from './jobs.js'
import type { OutgoingHttp } from './outgoing-http.js'
import type { FunctionWithVersion } from './functions.js'
import type { Scheduler } from './scheduler.js'
import type { Storage } from './storage.js'
import type { Workers } from './workers.js'

/**
 * Functions and their active versions, in memory. It follows the changes of the storage by itself; `forget` is only for
 * what the storage cannot know.
 */
export interface FunctionCache {
  get(id: string): FunctionWithVersion | undefined | Promise<FunctionWithVersion | undefined>
  forget(id: string): void
  /** Calls `listener` when a function was created, changed, deleted or forgotten. Returns a function that ends that. */
  onForget(listener: (id: string) => void): () => void
}

/** What stands between connections and everything else. */
export interface Connections {
  /** Bytes of bodies and answers that are held in memory at the moment. */
  bufferedBytes(): number
  /**
   * Enters a large response that is about to be sent. Gives why it must not be (NO_ROOM): callers that do not read hold
   * too many others.
   */
  maySendResponse(
    request: IncomingMessage,
    response: ServerResponse,
    bytes: number
  ): MoonletError | undefined
}

declare module 'fastify' {
  interface FastifyInstance {
    /** core/app */
    readonly config: Config
    /** core/app; the servers of this port; undefined: there is this one alone */
    readonly workers: Workers | undefined
    /** core/app; whatever takes connections, to which plugins add their own */
    readonly listeners: Server[]
    /** core/app; the public address without a trailing slash */
    readonly baseUrl: () => string
    /** plugins/functions-host; where functions answer, without a trailing slash */
    readonly functionsUrl: () => string
    /** plugins/functions-host; whether a request came to where functions answer */
    readonly servesFunctions: (request: IncomingMessage) => boolean
    /** core/app */
    readonly ids: IdSource
    /** core/app; the id of a request that Fastify does not see */
    readonly nextRequestId: () => string
    /** plugins/connections, as 'connections' */
    readonly connections: Connections
    /** plugins/storage, as 'storage' */
    readonly storage: Storage
    /** plugins/storage/function-cache, as 'function-cache' */
    readonly functionCache: FunctionCache
    /** plugins/addresses, as 'addresses'; which function a request is for */
    readonly addressBook: Addresses
    /** core/app, as 'lua' */
    readonly lua: LuaRegistry
    /** core/invoker, as 'invoker' */
    readonly invoker: Invoker
    /** core/invoker, as 'invoker'; the sandbox processes and their queue */
    readonly scheduler: Scheduler
    /** plugins/front-door, as 'front-door': who may call functions, how often, how many at once */
    readonly frontDoor: FrontDoorService
    /** plugins/jobs, as 'jobs': calls that run later */
    readonly jobs: Jobs
    /** plugins/jobs; attempts and deaths since the start, by function */
    readonly jobTally: {
      readonly attempts: ReadonlyMap<string, number>
      readonly deaths: ReadonlyMap<string, number>
    }
    /** plugins/jobs; to be called when a job has become due by a change */
    readonly wakeJobs: () => void
    /** plugins/outgoing-http, as 'outgoing-http' */
    readonly outgoingHttp: OutgoingHttp
    /** plugins/auth; the file of a key that was made at this start */
    readonly createdKeyFile: string | undefined
    /**
     * plugins/auth, as 'auth': refuses a request that carries no valid key, session or token (401), and one whose token
     * does not do for the route's `config` (403)
     */
    readonly authenticate: (request: FastifyRequest) => Promise<void>
    /** plugins/auth; calls `onEnd` when the request's session or token ends or expires; gives a way to stop that */
    readonly watchAccess: (request: FastifyRequest, onEnd: () => void) => () => void
    /** plugins/auth; which calls functions make for which */
    readonly callChains: CallChains
    /** plugins/auth; an event without the dashboard's session, the API key and tokens */
    readonly hideCredentials: (event: InvocationEvent) => InvocationEvent
  }
  interface FastifyRequest {
    /** plugins/auth; who acts, once `authenticate` has let the request pass */
    actor: Actor | undefined
  }
}
