/**
 * Starts one third-party plugin in a scope of its own: its routes begin with `/plugins/{name}` and need the API key
 * unless they say `config: { public: true }`; its hooks, parsers and error handlers concern its own routes only; the Lua
 * modules it adds are known to be its own.
 */
import type { FastifyInstance, FastifyPluginCallback, RouteOptions } from 'fastify'
import type { PluginTools } from '../../core/contracts/plugin.js'
import { MoonletError } from '../../core/errors.js'
import { moduleProblems } from '../../core/lua/check-module.js'
import type { LuaFunctionDeclaration, LuaModule } from '../../core/lua/module.js'
import { inNameOf, ofPlugin } from '../../core/third-party/attribution.js'
import type { ThirdPartyPlugin } from '../../core/third-party/check-plugin.js'
import type { PluginOptions } from '../../core/third-party/define-plugin.js'
import { pluginFailure } from '../../core/third-party/failure.js'

/** As the declaration of plugins promises. */
const START_MS = 10_000
/** As `curl -d` and pages send it. */
const FORM = 'application/x-www-form-urlencoded'

/** Rejects with PLUGIN_FAILED, whatever the plugin does wrong. */
export async function startPlugin (server: FastifyInstance, plugin: ThirdPartyPlugin, settings: Readonly<Record<string, unknown>>, tools: PluginTools): Promise<void> {
  try {
    await server.register(async scope => {
      scope.decorate('plugin', tools)
      scope.decorate('lua', { ...server.lua, add: module => { addModule(server, module, plugin) } } as typeof server.lua)
      scope.addHook('onRoute', route => { describeRoute(route, plugin.name) })
      scope.addHook('onRequest', (_request, _reply, done) => { inNameOf(plugin, done) })
      scope.addHook('onRequest', async request => {
        const { public: isPublic } = request.routeOptions.config as { public?: unknown }
        if (isPublic !== true) await server.authenticate(request)
      })
      await scope.register(startInName(plugin), { settings })
    }, { prefix: `/plugins/${plugin.name}` })
  } catch (error) {
    throw pluginFailure(plugin, 'failed at start', error)
  }
}

/** Puts a route into the API's documentation, in the plugin's own chapter unless it names another. */
function describeRoute (route: RouteOptions, plugin: string): void {
  const { public: isPublic } = (route.config ?? {}) as { public?: unknown }
  route.schema = { tags: [plugin], ...(isPublic === true ? { security: [] } : {}), ...route.schema }
}

/** Whatever owner the plugin names, it is the plugin itself. */
function addModule (server: FastifyInstance, module: LuaModule, plugin: ThirdPartyPlugin): void {
  const problems = moduleProblems(module)
  if (problems.length > 0) throw new MoonletError('MODULE_INVALID', `its Lua module is not well declared:\n${problems.map(problem => `  - ${problem}`).join('\n')}`)
  server.lua.add({ ...module, functions: mapValues(module.functions, declared => inNameOfOwner(declared, plugin)) }, plugin.name)
}

/**
 * `start`, and all that it begins, in the plugin's name and within START_MS; what Fastify knows of the plugin stays
 * with it.
 */
function startInName (plugin: ThirdPartyPlugin): ThirdPartyPlugin['register'] {
  const start: ThirdPartyPlugin['register'] = async (server, options) => {
    await inTime(inNameOf(plugin, () => callRegister(plugin.register, server, options)))
    readEveryBody(server)
  }
  return Object.assign(start, plugin.register)
}

/**
 * Bodies that Fastify has no parser for, unless the plugin has added its own: forms, which may hold JSON as `curl -d`
 * sends it, become JSON or fields; anything else is bytes.
 */
function readEveryBody (server: FastifyInstance): void {
  const parseJson = server.getDefaultJsonParser('error', 'error')
  if (!server.hasContentTypeParser(FORM)) {
    server.addContentTypeParser(FORM, { parseAs: 'string' }, (request, body, done) => {
      const text = String(body)
      if (/^\s*[[{]/.test(text)) parseJson(request, text, done)
      else done(null, toFields(text))
    })
  }
  if (!server.hasContentTypeParser('*')) {
    server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => { done(null, body) })
  }
}

/** A name that comes several times has a list of values. */
function toFields (form: string): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(form)) {
    const before = fields[name]
    fields[name] = before === undefined ? value : [before, value].flat()
  }
  return fields
}

/** Fastify's plugins give a promise, or take a callback. */
function callRegister (register: ThirdPartyPlugin['register'], ...[server, options]: Parameters<ThirdPartyPlugin['register']>): Promise<void> {
  if (register.length < 3) return register(server, options)
  return new Promise((resolve, reject) => {
    (register as unknown as FastifyPluginCallback<PluginOptions>)(server, options, error => {
      if (error == null) resolve()
      else reject(error)
    })
  })
}

async function inTime (start: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { reject(new MoonletError('PLUGIN_FAILED', `its start did not end within ${START_MS / 1000} s`)) }, START_MS)
  })
  await Promise.race([start, late]).finally(() => { clearTimeout(timer) })
}

function inNameOfOwner (declared: LuaFunctionDeclaration, plugin: ThirdPartyPlugin): LuaFunctionDeclaration {
  return declared.place === 'local' ? declared : { ...declared, run: ofPlugin(plugin, declared.run) }
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
