import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, visit } from './browser.js'

t.test(
  'the guide is read by chapters, in the theme and language of the page',
  needsBrowser,
  async t => {
    const { page, server, faults } = await visit(t, { colorScheme: 'light' })
    await page.goto(server.base)
    await page.getByRole('button', { name: 'Dark' }).click()
    await page.getByRole('link', { name: 'Guide' }).click()
    await page.getByRole('heading', { name: 'Guide', level: 1 }).waitFor()
    const text = page.locator('article.prose')
    const chapters = page.getByRole('navigation', { name: 'Chapters' })
    await page.getByRole('heading', { name: 'Your first function', level: 2 }).waitFor()
    t.ok((await chapters.getByRole('link').count()) > 10)
    await chapters.getByRole('link', { name: 'HTTP' }).click()
    await eventually(t, () => new URL(page.url()).pathname, '/guide/http')
    await text.getByRole('heading', { name: 'Streams' }).waitFor()
    t.equal(await chapters.locator('[aria-current=page]').innerText(), 'HTTP')
    t.notMatch(await text.innerText(), /^## |```/m, 'no Markdown is left')
    t.equal(
      await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme),
      'dark'
    )
    await page
      .getByRole('navigation', { name: 'HTTP' })
      .getByRole('link', { name: 'Streams' })
      .click()
    await eventually(t, () => new URL(page.url()).hash, '#streams')
    await page.goBack()
    await page.goBack()
    await page.getByRole('heading', { name: 'Your first function', level: 2 }).waitFor()

    await page.getByRole('button', { name: 'Português' }).click()
    await page.getByRole('heading', { name: 'Guia (em inglês)', level: 1 }).waitFor()
    await page.getByText('O texto do guia está em inglês.').waitFor()
    t.same(faults, [])
  }
)

t.test('a search finds places in all chapters and in the Lua reference', needsBrowser, async t => {
  const { page, server, faults } = await visit(t)
  await page.goto(`${server.base}/guide`)
  const search = page.getByRole('searchbox', { name: 'Search the guide' })
  await search.fill('moonlet backup')
  await page.getByRole('link', { name: 'Operating: Backup, export, import' }).click()
  await eventually(t, () => page.url(), `${server.base}/guide/operating#backup-export-import`)
  const heading = page.locator('article').getByRole('heading', { name: 'Backup, export, import' })
  const isSeen = () =>
    heading.evaluate(element => {
      const { top } = element.getBoundingClientRect()
      return top >= 0 && top < innerHeight
    })
  await eventually(t, isSeen, true)
  t.equal(await search.inputValue(), '')

  await search.fill('kv.compareAndSet')
  await page.getByRole('link', { name: /^Lua reference: kv\.compareAndSet/ }).click()
  await page.getByRole('heading', { name: 'Lua reference', level: 2 }).waitFor()
  t.ok((await page.locator('article pre.code-block').count()) > 20)
  await search.fill('zebra xylophone')
  await page.getByText('Nothing in the guide has all of these words.').waitFor()
  t.match((await fetch(`${server.base}/llms.txt`)).headers.get('content-type'), 'text/plain')
  t.same(faults, [])
})

t.test('the guide is open to everybody, what is beside it is not', needsBrowser, async t => {
  const { page, server } = await visit(t, { signedIn: false })
  await page.goto(`${server.base}/guide/access#keys`)
  await page.locator('article').getByRole('heading', { name: 'Keys' }).waitFor()
  await page.goto(`${server.base}/guide/nothing`)
  await page.getByText('The guide has no such chapter.').waitFor()
  t.equal(new URL(page.url()).pathname, '/guide/nothing')
  await page.getByRole('link', { name: 'Functions' }).first().click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
})

t.test(
  'the API documentation opens in the theme and language of the dashboard, and keeps them in a search',
  needsBrowser,
  async t => {
    const { page, server, faults } = await visit(t, { colorScheme: 'light', locale: 'pt-BR' })
    await page.goto(server.base)
    await page.getByRole('button', { name: 'Escuro' }).click()
    const [docs] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: 'Documentação da API' }).click()
    ])
    const holds = async () => {
      await docs.getByRole('button', { name: 'Buscar' }).waitFor()
      t.equal(await docs.evaluate(() => document.documentElement.lang), 'pt-BR')
      t.equal(
        await docs.evaluate(() => getComputedStyle(document.body).backgroundColor),
        'rgb(20, 22, 27)'
      )
    }
    await holds()
    await docs.getByRole('searchbox').fill('kv')
    await docs.getByRole('button', { name: 'Buscar' }).click()
    await docs.getByRole('link', { name: 'Mostrar tudo' }).waitFor()
    await holds()
    t.same(faults, [])
  }
)

t.test('what the server refuses is said in Portuguese', needsBrowser, async t => {
  const { page, server, createFunction } = await visit(t, { locale: 'pt-BR' })
  const id = await createFunction('Recusas', hello)
  await page.goto(`${server.base}/functions/${id}/settings`)
  const form = page.locator('form').filter({ hasText: 'Expressão cron' })
  await form.getByLabel('Expressão cron').fill('todo dia')
  await form
    .getByText('São esperados 5 campos (minuto, hora, dia, mês, dia da semana), e há 2.')
    .waitFor()
  await page.goto(`${server.base}/new`)
  await page.getByLabel('Nome').fill('   ')
  await page.getByRole('button', { name: 'Criar função' }).click()
  await page.getByText('O nome não pode ficar vazio.').waitFor()
  // What is known to nobody is shown behind what its status means.
  await page.route('**/api/functions?**', route =>
    route.fulfill({ status: 409, json: { error: 'Something new' } })
  )
  await page.goto(server.base)
  await page.getByText('Isto não é possível agora: Something new').waitFor()
})
