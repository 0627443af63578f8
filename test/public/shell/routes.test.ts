import t from 'tap'
import { functionPath, toRoute } from '../../../public/shell/routes.js'

t.test('addresses name their pages', async t => {
  t.equal(toRoute('/').page, 'functions')
  t.equal(toRoute('/login').page, 'login')
  t.same(toRoute('/functions/abc'), { page: 'function', id: 'abc', tab: 'code', detail: '' })
  t.same(toRoute('/functions/abc/executions/x1'), {
    page: 'function',
    id: 'abc',
    tab: 'executions',
    detail: 'x1'
  })
  t.same(toRoute('/account'), { page: 'account', id: '', tab: '', detail: '' })
  t.same(toRoute('/account/audit'), { page: 'account', id: '', tab: 'audit', detail: '' })
  t.same(toRoute('/account/variables'), { page: 'account', id: '', tab: 'variables', detail: '' })
  t.same(toRoute('/modules'), { page: 'modules', id: '', tab: '', detail: '' })
  t.same(toRoute('/modules/m1'), { page: 'module', id: 'm1', tab: 'code', detail: '' })
  t.same(toRoute('/modules/m1/uses'), { page: 'module', id: 'm1', tab: 'uses', detail: '' })
  t.same(toRoute('/guide'), { page: 'guide', id: '', tab: '', detail: '' })
  t.same(toRoute('/guide/http'), { page: 'guide', id: '', tab: '', detail: 'http' })
  t.same(toRoute('/jobs'), { page: 'jobs', id: '', tab: '', detail: '' })
  t.same(toRoute('/jobs/j1'), { page: 'jobs', id: '', tab: '', detail: 'j1' })
})
t.test('what is no address of a page is missing', async t => {
  for (const path of [
    '/nope',
    '/login/x',
    '/jobs/j1/code',
    '/guide/http/x',
    '/account/nope',
    '/account/audit/x',
    '/functions',
    '/functions/a/nope',
    '/modules/a/nope',
    '/modules/a/code/b',
    '/functions/a/code/b/c',
    '/%',
    '/login%e9'
  ]) {
    t.equal(toRoute(path).page, 'missing', path)
  }
})
t.test("paths and routes are each other's opposite", async t => {
  t.same(toRoute(functionPath('a b', 'data')), {
    page: 'function',
    id: 'a b',
    tab: 'data',
    detail: ''
  })
})
