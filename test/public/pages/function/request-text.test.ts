import t from 'tap'
import { requestText } from '../../../../public/pages/function/request-text.js'

t.test('lists leave out which function was called, by its id or its slug', async t => {
  for (const [path, shown] of [
    ['/fn/dc6u1ilbr4ak2fg0000g', 'GET /'],
    ['/fn/dc6u1ilbr4ak2fg0000g/orders/7', 'GET /orders/7'],
    ['/fn/shop', 'GET /'],
    ['/fn/shop/', 'GET /'],
    ['/fn/shop/fn/shop', 'GET /fn/shop'],
    ['/orders', 'GET /orders'],
    ['/fn', 'GET /fn']
  ] as const) {
    t.equal(requestText({ method: 'GET', path }), shown, path)
    t.equal(requestText({ method: 'GET', path }, true), `GET ${path}`)
  }
})

t.test('what no request began has no text', async t => {
  t.equal(requestText({}), '')
  t.equal(requestText({ method: 'POST', path: '' }), 'POST')
})
