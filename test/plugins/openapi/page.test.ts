import t from 'tap'
import { html, prose } from '../../../plugins/openapi/html.js'
import { buildApi } from '../../helpers/api.js'

t.test('the page shows every operation and needs nothing from elsewhere', async t => {
  const { callOpen } = await buildApi(t)
  const { status, text, headers } = await callOpen('GET', '/docs')
  t.equal(status, 200)
  t.match(headers, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': /default-src 'none'/
  })
  for (const id of [
    'login',
    'createFunction',
    'listExecutions',
    'setGlobalKvValue',
    'callFunctionWithPost'
  ]) {
    t.match(text, `<details id="${id}">`)
  }
  t.notMatch(text, /<script|<style| style="| on[a-z]+="|(?:src|href|action)="(?:https?:)?\/\//)
  t.match(await callOpen('GET', '/docs/style.css'), {
    status: 200,
    headers: { 'content-type': 'text/css; charset=utf-8' }
  })
})

t.test('a search leaves what has all of its words, unfolded when few', async t => {
  const { callOpen } = await buildApi(t)
  const found = async (q: string) =>
    (await callOpen('GET', `/docs?q=${encodeURIComponent(q)}`)).text
  const diff = await found('DIFF version')
  t.match(diff, '<details id="diffVersions" open>')
  t.notMatch(diff, 'id="createFunction"')
  t.match(await found('no such thing'), /Nothing matches “no such thing”/)
  t.match(await found('get'), '<details id="listFunctions">')
})

t.test('what is searched for comes back as text', async t => {
  const { callOpen } = await buildApi(t)
  const { text } = await callOpen(
    'GET',
    `/docs?q=${encodeURIComponent('"><script>alert(1)</script>')}`
  )
  t.notMatch(text, '<script>')
  t.match(text, 'value="&quot;&gt;&lt;script&gt;')
})

t.test('inserted texts are escaped, HTML is not, nothing leaves nothing', async t => {
  t.equal(
    html`<p>${'<&>"\''}${html`<b>`}${[html`1`, 2]}${undefined}${false}</p>`.text,
    '<p>&lt;&amp;&gt;&quot;&#39;<b>12</p>'
  )
  t.equal(html`${prose('a `<b>` c')}`.text, 'a <code>&lt;b&gt;</code> c')
})
