/**
 * Serves the dashboard: `/` and the addresses of its pages give one and the same document, which reads the
 * address itself. Files under /assets/ carry a hash of their content in their names and never change.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import '../../core/contracts/server.js'
import { pageHeaders, pagePolicy } from '../../core/http/page-policy.js'
import { createPageSender } from './placed-page.js'
import { previewPolicy } from './policy.js'

/** Addresses that the page itself knows what to show for; see public/shell/routes.ts. */
const pages = [
  '/',
  '/login',
  '/new',
  '/data',
  '/jobs',
  '/modules',
  '/modules/*',
  '/jobs/*',
  '/alerts',
  '/nodes',
  '/account',
  '/account/tokens',
  '/account/variables',
  '/account/audit',
  '/guide',
  '/guide/*',
  '/pages/*',
  '/functions',
  '/functions/*'
]

export interface DashboardOptions {
  /** The folder that the build made; found beside the built server by itself. */
  readonly root?: string
  /** Where functions answer, when that is not here. */
  readonly functionsUrl?: () => string
  /** Path of the browser's address that the pages are below. */
  readonly basePath?: string
}

type PageSender = (
  request: FastifyRequest,
  reply: FastifyReply
) => FastifyReply | Promise<FastifyReply>

/** The built dashboard, beside the built server. */
const builtRoot = fileURLToPath(new URL('../../public', import.meta.url))

export default async function dashboard(
  fastify: FastifyInstance,
  { root = builtRoot, functionsUrl, basePath = '' }: DashboardOptions
): Promise<void> {
  await fastify.register(fastifyStatic, {
    root,
    prefix: '/assets/',
    serve: false,
    preCompressed: true,
    etag: true
  })

  // Whatever is answered here, also that there is nothing, is bound by the page's policy; the preview has its own.
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.headers(pageHeaders).header('content-security-policy', pagePolicy(elsewhere()))
    done()
  })
  fastify.get('/assets/*', (request, reply) =>
    sendAsset(request.params as { '*': string }, reply, root)
  )
  // What pages of plugins begin with, at addresses that stay.
  for (const file of ['look.css', 'look.js']) {
    fastify.get(`/plugins/${file}`, (_request, reply) =>
      reply.sendFile(`plugins/${file}`, { cacheControl: false })
    )
  }
  const sender = (file: string): PageSender =>
    basePath === ''
      ? (_request, reply) => reply.sendFile(file, { cacheControl: false })
      : createPageSender(join(root, file), basePath)
  const sendIndex = sender('index.html')
  const sendPreview = sender('preview.html')
  for (const url of pages) fastify.get(url, sendIndex)
  fastify.get('/preview', (request, reply) =>
    sendPreview(request, reply.header('content-security-policy', previewPolicy))
  )

  /** The functions' origin when it is not the dashboard's own. */
  function elsewhere(): string | undefined {
    const url = functionsUrl?.() ?? fastify.functionsUrl()
    const here = fastify.baseUrl()
    return new URL(url).origin === new URL(here).origin ? undefined : new URL(url).origin
  }
}

/** Names of files that the build made, in folders of its own: no way up, nothing hidden. */
const isAssetName = (name: string): boolean => /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/.test(name)

/** The assets are a folder of their own, so that no name leads to the pages, which are sent in another way. */
function sendAsset(
  { '*': name }: { '*': string },
  reply: FastifyReply,
  root: string
): FastifyReply {
  if (!isAssetName(name)) {
    reply.callNotFound()
    return reply
  }
  return reply
    .removeHeader('cache-control')
    .sendFile(name, join(root, 'assets'), { immutable: true, maxAge: '365d' })
}
