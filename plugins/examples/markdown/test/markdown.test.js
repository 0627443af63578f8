import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startMoonlet } from 'moonlet/testing'

let server
before(async () => {
  server = await startMoonlet({ plugins: ['./index.js'] })
})
after(async () => {
  await server?.close()
})

const render = async (text, options = 'nil') =>
  (await server.run(`return { body = markdown.render([==[${text}]==], ${options}) }`)).body

test('renders Markdown', async () => {
  assert.equal(await render('# Hi *there*'), '<h1>Hi <em>there</em></h1>\n')
  assert.match(await render('| a |\n|---|\n| é |'), /<td>é<\/td>/)
  assert.equal(await render('a\nb', '{ breaks = true }'), '<p>a<br>b</p>\n')
})

test('HTML in the text is shown as text', async () => {
  assert.equal(
    await render('<script>alert(1)</script>'),
    '&#60;script&#62;alert(1)&#60;/script&#62;'
  )
  assert.doesNotMatch(await render('hi <img src=x onerror=alert(1)>'), /<img/)
})

test('addresses that run code are dropped', async () => {
  for (const address of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '&#106;avascript:alert(1)',
    'javascript&colon;alert(1)',
    'java&Tab;script:alert(1)',
    '\\x01javascript:alert(1)'
  ]) {
    assert.doesNotMatch(await render(`[text](${address})`), /href/, address)
    assert.doesNotMatch(await render(`![text](${address})`), /src/, address)
  }
  assert.match(
    await render('[a](/b) [c](https://d.example) [e](mailto:f@g.example)'),
    /href="\/b".*href="https:\/\/d\.example".*href="mailto:/
  )
})

test('wrong arguments are named', async () => {
  const { body } = await server.run(
    'local ok, err = pcall(markdown.render, nil) return { body = err }'
  )
  assert.match(body, /bad argument #1 to 'markdown\.render' \(string expected, got nil\)/)
})
