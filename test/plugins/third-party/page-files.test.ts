/** A page that a plugin brings along as files: who gets it, and what it may do. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { plugin, writeFiles } from '../../core/third-party/plugin-files.js'
import { auth, buildWith } from './with-plugins.js'

const FIXTURE = './test/fixtures/plugins/paged/index.mjs'

t.test(
  'files of a page are for whoever is signed in, with the policy of the dashboard',
  async t => {
    const app = await buildWith(t, [FIXTURE], { FUNCTIONS_HOST: 'fn.example.org' })
    const get = (path: string, headers: Record<string, string> = auth) =>
      app.inject({ url: `/plugins/paged${path}`, headers })
    for (const path of ['/', '/page.js', '/icon.svg']) {
      t.equal((await get(path, {})).statusCode, 401, path)
      const { statusCode, headers } = await get(path)
      t.equal(statusCode, 200, path)
      const own = String(headers['content-security-policy'])
      const { headers: dashboard } = await app.inject({ url: '/' })
      t.equal(
        own,
        String(dashboard['content-security-policy']).replace(/ancestors 'none'/, "ancestors 'self'")
      )
      t.match(own, /script-src 'self';.* frame-ancestors 'self'$/)
      t.equal(headers['x-content-type-options'], 'nosniff')
      t.equal(headers['cache-control'], 'no-cache')
      t.type(headers['etag'], 'string')
    }
    t.match((await get('/')).headers, { 'content-type': /^text\/html/ })
    for (const path of [
      '/absent.js',
      '/.hidden',
      '/../index.mjs',
      '/%2e%2e/index.mjs',
      '/..%2findex.mjs'
    ]) {
      t.equal((await get(path)).statusCode, 404, path)
    }
    t.same((await get('/numbers')).json(), [1, 2, 3], 'its routes are beside its files')
  }
)

t.test('the list tells where it is, and in which languages it has a title', async t => {
  const app = await buildWith(t, [FIXTURE])
  t.match((await app.inject({ url: '/api/plugins', headers: auth })).json(), [
    {
      routes: ['GET /plugins/paged/numbers'],
      page: {
        title: 'Numbers',
        titles: { en: 'Numbers', 'pt-BR': 'Números' },
        path: '/plugins/paged/',
        icon: '/plugins/paged/icon.svg',
        embedded: true
      }
    }
  ])
  const { paths, tags } = (await app.inject({ url: '/docs/openapi.json' })).json()
  t.same(
    Object.keys(paths).filter(path => path.startsWith('/plugins/')),
    ['/plugins/paged/numbers'],
    'files are no operations'
  )
  t.match(
    (tags as Array<{ name: string }>).map(({ name }) => name),
    /paged/
  )
})

t.test('the look of the dashboard is at addresses that stay', async t => {
  const app = await buildWith(t, [])
  const css = await app.inject({ url: '/plugins/look.css' })
  t.match(css, { statusCode: 200, body: /--accent/, headers: { 'content-type': /^text\/css/ } })
  const script = await app.inject({ url: '/plugins/look.js' })
  t.match(script, { statusCode: 200, body: /moonlet\./, headers: { 'content-type': /javascript/ } })
})

t.test('a page that cannot be shown stops the start with one sentence', async t => {
  const folder = await writeFiles(t, {
    'page/index.html': '',
    'empty/x': '',
    'page/icon.svg': '<svg/>',
    'good.mjs': plugin(
      'good',
      "page: { title: 'x', path: '/board', files: './page', icon: 'icon.svg' }"
    )
  })
  const app = await buildWith(t, [join(folder, 'good.mjs')])
  t.equal((await app.inject({ url: '/plugins/good/board/', headers: auth })).statusCode, 200)
  let count = 0
  for (const [fields, message] of [
    [
      "title: 'x', path: '/', files: './absent'",
      /^The plugin 'p' \(\S+\) declares a page without a file \S+\/absent\/index\.html$/
    ],
    [
      "title: 'x', path: '/', files: new URL('./empty/', import.meta.url)",
      /without a file \S+\/empty\/index\.html$/
    ],
    [
      "title: 'x', path: '/', files: './page', icon: 'other.svg'",
      /without its icon \S+other\.svg$/
    ],
    [
      "title: 'x', path: '/', files: './page', icon: '../icon.svg'",
      /whose icon must be an SVG among its files/
    ],
    ["title: 'x', path: '/', icon: 'icon.svg'", /whose icon must be an SVG among its files/],
    ["title: 'x', path: '/', files: 7", /whose files are no folder/],
    ["title: { 'pt-BR': 'x' }, path: '/'", /that needs a title/],
    ['title: { en: 7 }, path: "/"', /that needs a title/]
  ] as const) {
    const copy = join(folder, `p-${count++}.mjs`)
    await writeFile(copy, plugin('p', `page: { ${fields} }`))
    await t.rejects(buildWith(t, [copy]), { code: 'PLUGIN_FAILED', message }, fields)
  }
})
