/** The files of a plugin's page: for whoever is signed in, with the dashboard's policy, and framed by it alone. */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import '../../core/contracts/server.js'
import { pageHeaders, pagePolicy } from '../../core/http/page-policy.js'
import type { ThirdPartyPlugin } from '../../core/third-party/check-plugin.js'
import { pluginFailure } from '../../core/third-party/failure.js'
import { placeOfPage } from '../../core/third-party/plugin-page.js'

/** Adds the routes in the plugin's own scope. Rejects with PLUGIN_FAILED when there is no page. */
export async function servePage(scope: FastifyInstance, plugin: ThirdPartyPlugin): Promise<void> {
  const { page, file } = plugin
  if (page?.files === undefined) return
  const { files } = page
  const isUrl = files instanceof URL || files.startsWith('file:')
  const root = isUrl ? fileURLToPath(files) : resolve(file, '..', files)
  if (!(await isFile(join(root, 'index.html')))) {
    throw pluginFailure(plugin, `declares a page without a file ${join(root, 'index.html')}`)
  }
  if (page.icon !== undefined && !(await isFile(join(root, page.icon)))) {
    throw pluginFailure(plugin, `declares a page without its icon ${join(root, page.icon)}`)
  }
  await scope.register(async pages => {
    pages.addHook('onRequest', (_request, reply, done) => {
      reply.headers(pageHeaders).header('content-security-policy', policy(scope))
      done()
    })
    await pages.register(fastifyStatic, {
      root,
      prefix: placeOfPage(page),
      dotfiles: 'ignore',
      decorateReply: false,
      cacheControl: false
    })
  })
}

/** As for the dashboard. */
function policy(server: FastifyInstance): string {
  const { origin } = new URL(server.functionsUrl())
  return pagePolicy(origin === new URL(server.baseUrl()).origin ? undefined : origin, "'self'")
}

const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isFile() === true
