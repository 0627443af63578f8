import t from 'tap'
import { belongs, toQuery } from '../../../../../public/pages/function/executions/filters.js'

t.test("filters say since when, and custom ranges are in the reader's time", async t => {
  const chosen = { text: ' boom ', status: 'error', trigger: '', version: '' }
  t.same(toQuery(chosen, 'all', '', ''), {
    text: 'boom',
    status: 'error',
    trigger: '',
    version: ''
  })
  t.equal(
    toQuery(chosen, 'custom', '2026-01-02T03:04', '').from,
    new Date(2026, 0, 2, 3, 4).getTime() / 1000
  )
  t.ok(Math.abs((toQuery(chosen, 'hour', '', '').from ?? 0) - (Date.now() / 1000 - 3600)) < 60)
})

t.test('a new execution joins the list only when it fits the filters', async t => {
  const run = {
    id: 'a',
    function_id: 'f',
    function_version_id: 'v',
    version: 2,
    status: 'error',
    trigger: 'http',
    created_at: 0
  } as const
  const any = { text: '', status: '', trigger: '', version: '' }
  t.equal(belongs(run, any, 'all'), true)
  t.equal(belongs(run, { ...any, status: 'success' }, 'all'), false)
  t.equal(belongs(run, { ...any, version: '2' }, 'hour'), true)
  t.equal(belongs(run, { ...any, version: '3' }, 'all'), false)
  t.equal(belongs(run, { ...any, text: 'x' }, 'all'), false)
  t.equal(belongs(run, any, 'custom'), false)
})
