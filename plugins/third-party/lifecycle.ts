/** A plugin's beginning and end: each has its time, so that no plugin holds up the server for ever. */
import type { FastifyInstance, FastifyPluginCallback } from 'fastify'
import { MoonletError } from '../../core/base/errors.js'
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
    await inTime(
      inNameOf(plugin, () => callRegister(plugin.register, server, options)),
      'its start'
    )
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

/** Each gives a promise or takes a callback, `onClose` behind the instance. */
function limitHook(name: string, hook: Hook, plugin: ThirdPartyPlugin): Hook {
  return async function (this: FastifyInstance) {
    const given = name === 'onClose' ? [this] : []
    const call = () =>
      new Promise<unknown>((resolve, reject) => {
        if (hook.length <= given.length) return resolve(hook.apply(this, given))
        hook.call(this, ...given, (error?: unknown) => {
          if (error == null) resolve(undefined)
          else reject(error)
        })
      })
    try {
      await inTime(inNameOf(plugin, call), `its ${name} hook`)
    } catch (error) {
      if (BEGINNING.has(name)) throw pluginFailure(plugin, 'failed at start', error)
      this.log.error(
        { err: error, plugin: plugin.name },
        `the plugin '${plugin.name}' failed to close; the server goes on closing`
      )
    }
  }
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

async function inTime(work: Promise<unknown>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new MoonletError('PLUGIN_FAILED', `${what} did not end within ${LIMIT_MS / 1000} s`))
    }, LIMIT_MS)
  })
  await Promise.race([work, late]).finally(() => {
    clearTimeout(timer)
  })
}
