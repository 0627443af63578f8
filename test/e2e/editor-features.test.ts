import t, { type Test } from 'tap'
import type { Locator, Page } from 'playwright-core'
import { eventually } from '../helpers/eventually.js'
import { editorOf, hello, needsBrowser, visit, type Visit } from './browser.js'

/** Opens a function with this code; gives what waits until the editor shows a text. */
async function openCode(
  { page, server, createFunction }: Visit,
  code: string
): Promise<(text: string) => Promise<unknown>> {
  const id = await createFunction('Features', hello)
  // A draft of this browser is shown instead of the saved code, which must be a program.
  await page.addInitScript(
    ([name, draft]) => {
      localStorage.setItem(name!, draft!)
    },
    [`moonlet.draft.${id}`, JSON.stringify(code)]
  )
  await page.goto(`${server.base}/functions/${id}/code`)
  await (await editorOf(page)).focus()
  await page.keyboard.press('Control+End')
  return text =>
    page.waitForFunction(
      wanted =>
        [...document.querySelectorAll('.workbench .view-line')]
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map(line => line.textContent?.replaceAll('\u00a0', ' '))
          .join('\n') === wanted,
      text
    )
}

/** Does it again until what it brings is there: the editor works some things out in the background. */
const insist = (t: Test, act: () => Promise<unknown>, brought: Locator, message: string) =>
  eventually(
    t,
    async () => {
      await act()
      return await brought.waitFor({ timeout: 10_000 }).then(
        () => true,
        () => false
      )
    },
    true,
    message
  )

/** Icons in view whose character the font does not have. */
const emptyIcons = (page: Page) =>
  page.evaluate(async () => {
    await document.fonts.load('16px codicon')
    const canvas = document.createElement('canvas').getContext('2d')!
    const draw = (character: string) => {
      canvas.canvas.width = 32
      canvas.font = '24px codicon'
      canvas.fillText(character, 2, 26)
      return canvas.canvas.toDataURL()
    }
    const missing = draw('\uf8ff')
    return [...document.querySelectorAll('.codicon')]
      .filter(icon => icon.checkVisibility())
      .flatMap(icon => {
        const { content } = getComputedStyle(icon, '::before')
        const character = content.replace(/^"|"$/g, '')
        return character === 'none' ||
          character === '' ||
          character === ' ' ||
          draw(character) !== missing
          ? []
          : [icon.className]
      })
  })

t.test('find and replace work, and show their icons', needsBrowser, async t => {
  const all = await visit(t)
  const { page, faults } = all
  const shows = await openCode(all, 'local first = 1\nlocal second = first\n')
  await page.keyboard.press('Control+h')
  const widget = page.locator('.find-widget.visible')
  await widget.getByRole('textbox', { name: 'Find' }).fill('first')
  await widget.getByText('of 2').waitFor()
  t.same(await emptyIcons(page), [])
  await eventually(
    t,
    async () => (await widget.locator('.codicon').count()) > 5,
    true,
    'there are icons'
  )
  await widget.getByRole('textbox', { name: 'Replace' }).fill('one')
  await page.keyboard.press('Control+Alt+Enter')
  await shows('local one = 1\nlocal second = one\n')
  await page.keyboard.press('Escape')
  t.same(faults, [])
})

t.test('blocks fold, brackets are found, lines are commented and moved', needsBrowser, async t => {
  const all = await visit(t)
  const { page, faults } = all
  const shows = await openCode(all, 'function a(x)\n  return (x)\nend\nlocal c = 3\nlocal b = 2')
  await page.keyboard.press('Alt+ArrowUp')
  await shows('function a(x)\n  return (x)\nend\nlocal b = 2\nlocal c = 3')
  await page.keyboard.press('Control+/')
  await shows('function a(x)\n  return (x)\nend\n-- local b = 2\nlocal c = 3')
  await page.keyboard.press('Control+Home')
  await insist(
    t,
    () => page.keyboard.press('Control+Shift+['),
    page.locator('.margin-view-overlays .codicon-folding-collapsed'),
    'the block is folded'
  )
  t.same(await emptyIcons(page), [])
  await eventually(t, () => page.locator('.workbench .view-line').count(), 4)
  await page.keyboard.press('Control+Shift+]')
  await shows('function a(x)\n  return (x)\nend\n-- local b = 2\nlocal c = 3')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.locator('.bracket-match').first().waitFor()
  t.same(faults, [])
})

t.test('several cursors type at once, and text is copied and pasted', needsBrowser, async t => {
  const all = await visit(t, { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page, faults } = all
  const shows = await openCode(all, 'one\none\none')
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Control+d')
  await page.keyboard.press('Control+d')
  await page.keyboard.press('Control+d')
  await page.keyboard.insertText('two')
  await shows('two\ntwo\ntwo')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+c')
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+v')
  await shows('two\ntwo\ntwo\ntwo\ntwo\ntwo')
  t.same(faults, [])
})

t.test('F8 leads to an error and says what it is; so does hovering', needsBrowser, async t => {
  const all = await visit(t)
  const { page, faults } = all
  await openCode(all, 'function handler(ctx, event)\n  local x = = 1\nend\n')
  const mark = page.locator('.squiggly-error').first()
  await mark.waitFor()
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('F8')
  await page.locator('.zone-widget').getByText('unexpected symbol').first().waitFor()
  t.same(await emptyIcons(page), [])
  await page.keyboard.press('Escape')
  const point = async () => {
    const { x, y, height } = (await mark.boundingBox())!
    await page.locator('.view-line').nth(1).hover()
    await page.mouse.move(x + 3, y + height / 2)
  }
  await insist(
    t,
    point,
    page.locator('.monaco-hover:visible').filter({ hasText: 'unexpected symbol' }).first(),
    'hovering says what the error is'
  )
  t.same(faults, [])
})

t.test(
  'a comparison is read line by line with F7, and folds what is the same',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction, api } = await visit(t)
    const same = Array.from({ length: 60 }, (_, n) => `local v${n} = ${n}`).join('\n')
    const id = await createFunction('Compared', `${same}\n${hello}`)
    await api(`/api/functions/${id}`, {
      method: 'PUT',
      body: { code: `${same}\n-- second\n${hello}` }
    })
    await page.goto(`${server.base}/functions/${id}/versions`)
    await page.getByRole('button', { name: 'Compare version 1' }).click()
    await page.locator('.monaco-diff-editor .line-insert').first().waitFor()
    await page
      .getByText(/hidden lines/)
      .first()
      .waitFor()
    t.same(await emptyIcons(page), [])
    await page.locator('.modified-in-monaco-diff-editor .view-line').last().click()
    await page.keyboard.press('F7')
    await page.locator('.diff-review').getByText('-- second').first().waitFor()
    t.same(await emptyIcons(page), [])
    t.same(faults, [])
  }
)

t.test('completion shows an icon for every kind of name', needsBrowser, async t => {
  const all = await visit(t)
  const { page, faults } = all
  await openCode(all, '\n')
  await page.keyboard.press('Control+Space')
  await page.locator('.suggest-widget.visible .monaco-list-row').nth(5).waitFor()
  t.same(await emptyIcons(page), [])
  t.same(faults, [])
})

t.test(
  'a comparison takes the colours of a new theme, also below hidden lines',
  needsBrowser,
  async t => {
    const { page, server, faults, createFunction, api } = await visit(t, { colorScheme: 'light' })
    const code = `${hello}${Array.from({ length: 20 }, (_, n) => `local v${n} = ${n}`).join('\n')}\n`
    const id = await createFunction('Coloured', code)
    await api(`/api/functions/${id}`, { method: 'PUT', body: { code: `${code}-- second\n` } })
    await page.goto(`${server.base}/functions/${id}/versions`)
    await page.getByRole('button', { name: 'Compare version 1' }).click()
    const colored = (text: string, color: string) =>
      page.waitForFunction(
        ([text, color]) =>
          [
            ...document.querySelectorAll('.modified-in-monaco-diff-editor .view-line span span')
          ].some(
            part =>
              part.textContent?.replaceAll('\u00a0', ' ') === text &&
              getComputedStyle(part).color === color
          ),
        [text, color]
      )
    await page
      .getByText(/hidden lines/)
      .first()
      .waitFor()
    await colored('-- second', 'rgb(83, 90, 105)')
    await colored('19', 'rgb(154, 74, 0)')
    await page.emulateMedia({ colorScheme: 'dark' })
    await colored('-- second', 'rgb(169, 176, 191)')
    await colored('19', 'rgb(242, 174, 114)')
    t.same(faults, [])
  }
)
