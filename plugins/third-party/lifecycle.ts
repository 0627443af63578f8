/** A plugin's beginning and end: each has its time, so that no plugin holds up the server for ever. */
import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { MoonletError } from '../../core/base/errors.js'
import { inTime } from '../../core/base/in-time.js'
import { inNameOf } from '../../core/third-party/attribution.js'
import type { ThirdPartyPlugin } from '../../core/third-party/check-plugin.js'
import type { PluginOptions } from '../../core/third-party/define-plugin.js'
import { pluginFailure } from '../../core/third-party/failure.js'
import { readEveryBody } from './bodies.js'

/** As the declaration of plugins promises. */
const LIMIT_MS = 10_000

type Hook = (this: FastifyInstance, ...args: unknown[]) => unknown

/** Hooks of the application, which it waits for; those around requests hold up their own request alone. */
const BEGINNING = new Set(['onReady'])
const ENDING = new Set(['preClose', 'onClose'])

/**
 * `start`, and all that it begins, in the plugin's name and within LIMIT_MS; what Fastify knows of the plugin stays
 * with it.
 */
export function startInName(plugin: ThirdPartyPlugin): ThirdPartyPlugin['register'] {
  const start: ThirdPartyPlugin['register'] = async (server, options) => {
    const started = inNameOf(plugin, () => callRegister(plugin.register, server, options))
    await inTime(started, LIMIT_MS, () => tookTooLong('its start'))
    readEveryBody(server)
  }
  return Object.assign(start, plugin.register)
}

/**
 * Has the plugin's hooks of start and stop called in its name and within LIMIT_MS. One that fails at start stops it,
 * with one message; one that fails at the end is logged.
 */
export function limitHooks(scope: FastifyInstance, plugin: ThirdPartyPlugin): void {
  const addHook = scope.addHook as (
    this: FastifyInstance,
    name: string,
    hook: Hook
  ) => FastifyInstance
  const limited = function (this: FastifyInstance, name: string, hook: Hook): FastifyInstance {
    if (!BEGINNING.has(name) && !ENDING.has(name)) return addHook.call(this, name, hook)
    return addHook.call(this, name, limitHook(name, hook, plugin))
  }
  scope.addHook = limited as FastifyInstance['addHook']
}

function limitHook(name: string, hook: Hook, plugin: ThirdPartyPlugin): Hook {
  return async function (this: FastifyInstance) {
    const args = name === 'onClose' ? [this] : []
    try {
      const called = inNameOf(plugin, () => callHook(this, hook, args))
      await inTime(called, LIMIT_MS, () => tookTooLong(`its ${name} hook`))
    } catch (error) {
      if (BEGINNING.has(name)) throw pluginFailure(plugin, 'failed at start', error)
      this.log.error(
        { err: error, plugin: plugin.name },
        `the plugin '${plugin.name}' failed to close; the server goes on closing`
      )
    }
  }
}

/** Hooks give a promise, or take a callback behind their arguments. */
function callHook(server: FastifyInstance, hook: Hook, args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (hook.length <= args.length) return resolve(hook.apply(server, [...args]))
    hook.call(server, ...args, (error?: unknown) => {
      if (error == null) resolve(undefined)
      else reject(error)
    })
  })
}

/** Fastify's plugins give a promise, or take a callback. */
function callRegister(
  register: ThirdPartyPlugin['register'],
  ...[server, options]: Parameters<ThirdPartyPlugin['register']>
): Promise<void> {
  if (register.length < 3) return register(server, options)
  return new Promise((resolve, reject) => {
    ;(register as unknown as FastifyPluginCallback<PluginOptions>)(server, options, error => {
      if (error == null) resolve()
      else reject(error)
    })
  })
}

const tookTooLong = (what: string): Error =>
  new MoonletError('PLUGIN_FAILED', `${what} did not end within ${LIMIT_MS / 1000} s`)
