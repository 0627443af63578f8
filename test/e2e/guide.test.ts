import t from 'tap'
import { eventually } from '../helpers/eventually.js'
import { hello, needsBrowser, visit } from './browser.js'

t.test(
  'the Lua guide is laid out in the theme and language of the page, and stays plain text for models',
  needsBrowser,
  async t => {
    const { page, server, faults } = await visit(t, { colorScheme: 'light' })
    await page.goto(server.base)
    await page.getByRole('button', { name: 'Dark' }).click()
    await page.getByRole('link', { name: 'Lua guide' }).click()
    await page.getByRole('heading', { name: 'Lua guide', level: 1 }).waitFor()
    const text = page.locator('article.prose')
    await text.getByRole('heading', { name: 'API reference' }).waitFor()
    t.ok((await text.locator('pre.code-block').count()) > 20)
    t.notMatch(await text.innerText(), /^## |```/m, 'no Markdown is left')
    t.equal(
      await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme),
      'dark'
    )
    await page
      .getByRole('navigation', { name: 'Chapters' })
      .getByRole('link', { name: 'Cookbook' })
      .click()
    await eventually(t, () => new URL(page.url()).hash, '#cookbook')
    await eventually(
      t,
      () =>
        text
          .getByRole('heading', { name: 'Cookbook' })
          .evaluate(element => element.getBoundingClientRect().top < innerHeight),
      true
    )

    await page.getByRole('button', { name: 'Português' }).click()
    await page.getByRole('heading', { name: 'Guia de Lua', level: 1 }).waitFor()
    await page.getByText('Este texto está em inglês.').waitFor()
    t.match((await fetch(`${server.base}/llms.txt`)).headers.get('content-type'), 'text/plain')
    t.same(faults, [])
  }
)

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
