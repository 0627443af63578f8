/** A real browser on a real server. Every page is watched: what a test does not expect in the console fails it. */
import { access } from 'node:fs/promises'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import root, { type Test } from 'tap'
import { API_KEY, build } from '../helpers/build.js'
import { eventually } from '../helpers/eventually.js'
import { startServer } from '../helpers/server.js'

/** The headless shell is the same browser without windows, menus and their pages: half of the processor time. */
const places = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const candidates = process.env.CHROMIUM === undefined ? places : [process.env.CHROMIUM]
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false
  )
let executablePath: string | undefined
for (const path of candidates) {
  if (executablePath === undefined && (await isThere(path))) executablePath = path
}
const nowhere = `no Chromium at ${candidates.join(' or ')}`
if (executablePath === undefined) {
  console.error(
    `# There is ${nowhere}: the browser tests are skipped. Install it, or set CHROMIUM to where it is.`
  )
}

/**
 * The popup of the address bar is a page of its own, loaded for every window although nobody sees it. This switch
 * replaces that of Playwright, so what Playwright needs is repeated here.
 */
const disabledFeatures = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'MediaRouter',
  'OptimizationHints',
  'PaintHolding'
]

// Generous: a run in a noisy neighbourhood may be ten times slower than one on a good machine.
const ACTION_TIMEOUT_MS = 60_000
const START_TIMEOUT_MS = 180_000
root.setTimeout(1_800_000)
// As every server that is started for a test has it.
process.env.TZ = 'UTC'

/** `{ skip }` for tests that need a browser. */
export const needsBrowser = executablePath === undefined ? { skip: nowhere } : {}

export interface Visit {
  readonly page: Page
  readonly server: { readonly base: string; readonly key: string }
  /** What went wrong in the page so far; checked at the end of the test. */
  readonly faults: string[]
  /** Calls the management API with the key. */
  readonly api: <T>(path: string, init?: { method?: string; body?: unknown }) => Promise<T>
  readonly createFunction: (name: string, code: string) => Promise<string>
}

export const hello =
  'function handler(ctx, event)\n  log.info("Hello from the log")\n  return { statusCode = 200, headers = { ["Content-Type"] = "application/json" }, body = json.encode({ hello = event.query.name or "world" }) }\nend\n'

let browser: Promise<Browser> | undefined
/** One browser for all tests of a file; each has a context of its own, which shares nothing. */
function launched(): Promise<Browser> {
  if (browser === undefined) {
    browser = chromium.launch({
      executablePath,
      timeout: START_TIMEOUT_MS,
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--disable-features=${disabledFeatures.join(',')}`
      ]
    })
    root.teardown(async () => {
      await (await browser)?.close()
    })
  }
  return browser
}

export interface VisitOptions extends BrowserContextOptions {
  readonly signedIn?: boolean
  readonly settings?: Record<string, string>
  /** Puts a proxy before the server's own address; gives the one that the browser uses. */
  readonly through?: (own: string) => Promise<string>
}

/** Opens the dashboard, signed in unless told otherwise. Browser and server end with the test. */
export async function visit(t: Test, options: VisitOptions = {}): Promise<Visit> {
  const { signedIn = true, settings = {}, through, ...contextOptions } = options
  const own = await serve(t, { SANDBOX_MAX: '2', ...settings })
  const server = through === undefined ? own : { ...own, base: await through(own.base) }
  const context = await (
    await launched()
  ).newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    timezoneId: 'America/Sao_Paulo',
    reducedMotion: 'reduce',
    ...contextOptions
  })
  t.teardown(() => context.close())
  context.setDefaultTimeout(ACTION_TIMEOUT_MS)
  if (signedIn) {
    await context.request.post(`${server.base}/api/auth/login`, { data: { apiKey: server.key } })
  }
  await context.addInitScript(keepNews)
  const page = await context.newPage()
  const faults = watch(page)

  const api = async <T>(
    path: string,
    init: { method?: string; body?: unknown } = {}
  ): Promise<T> => {
    const response = await fetch(own.base + path, {
      method: init.method ?? 'GET',
      headers: {
        authorization: `Bearer ${server.key}`,
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' })
      },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) })
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    const text = await response.text()
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  const createFunction = async (name: string, code: string) =>
    (await api<{ id: string }>('/api/functions', { method: 'POST', body: { name, code } })).id
  return { page, server, faults, api, createFunction }
}

/** In this process, where a start takes a tenth of its time; one with plugins as a process, which imports them. */
async function serve(t: Test, settings: Record<string, string>): Promise<Visit['server']> {
  if (settings.PLUGINS !== undefined) return await startServer(t, settings)
  const app = await build(t, settings)
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  return { base: address + app.config.BASE_PATH, key: API_KEY }
}

/** A page of another person's browser, signed in to the same server; what goes wrong in it counts with the first's. */
export async function visitAlso(t: Test, { page, server, faults }: Visit): Promise<Page> {
  const context = await (
    await launched()
  ).newContext({
    viewport: page.viewportSize(),
    locale: 'en-US',
    timezoneId: 'America/Sao_Paulo',
    reducedMotion: 'reduce'
  })
  t.teardown(() => context.close())
  context.setDefaultTimeout(ACTION_TIMEOUT_MS)
  await context.request.post(`${server.base}/api/auth/login`, { data: { apiKey: server.key } })
  await context.addInitScript(keepNews)
  const other = await context.newPage()
  watch(other, faults)
  return other
}

/** Script errors, refusals by the Content-Security-Policy, and requests to any other host. */
function watch(page: Page, faults: string[] = []): string[] {
  page.on('pageerror', error => {
    faults.push(`error: ${error.message}`)
  })
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') {
      faults.push(`${message.type()}: ${message.text()}`)
    }
  })
  page.on('request', request => {
    const { protocol, hostname } = new URL(request.url())
    if (/^(https?|wss?):$/.test(protocol) && hostname !== '127.0.0.1') {
      faults.push(`request to ${request.url()}`)
    }
  })
  return faults
}

/** Runs in the page: keeps what is said at its edge, which is gone after some seconds however slowly a test looks. */
function keepNews(): void {
  const kept = new Set<Element>()
  Object.assign(globalThis, { keptNews: kept })
  new MutationObserver(() => {
    for (const toast of document.querySelectorAll('.toast')) kept.add(toast)
  }).observe(document, { childList: true, subtree: true })
}

/** What was said at the edge of the page since it was loaded, in this order. */
const newsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    Array.from(
      (globalThis as unknown as { keptNews: Set<Element> }).keptNews,
      toast => toast.querySelector('p')?.textContent ?? ''
    )
  )

/** Asserts that the page says this, so many times since it was loaded; a failure shows what it said instead. */
export async function said(t: Test, page: Page, text: string, times = 1): Promise<void> {
  await eventually(
    t,
    async () => {
      const all = await newsOf(page)
      return all.filter(news => news.includes(text)).length >= times ? text : all.join(' | ')
    },
    text,
    `the page says: ${text}`
  )
}

/** Nothing has to be scrolled sideways to. */
export const fits = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)

/** Reloads the page, which must ask, and stays. The call of Playwright would wait for a page that never comes. */
export async function refuseReload(page: Page): Promise<void> {
  const asked = page.waitForEvent('dialog')
  await page.evaluate(() => {
    setTimeout(() => location.reload())
  })
  await (await asked).dismiss()
}

/** Waits until the code editor of the page can be typed in. */
export async function editorOf(page: Page) {
  const editor = page.locator('.workbench .monaco-editor textarea.inputarea')
  await editor.waitFor({ state: 'attached' })
  return editor
}

/** Puts the code in the place of what the editor holds. */
export async function replaceCode(page: Page, code: string): Promise<void> {
  const editor = await editorOf(page)
  await editor.focus()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(code)
}
