import t from 'tap'
import { toPublicAddress } from '../../../../public/pages/function/address.js'

t.test(
  'a function is called at a route that is an address, else at its slug, else at its id',
  async t => {
    const at = (fn: object, origin = 'https://example.org') =>
      toPublicAddress({ id: 'abc', ...fn }, origin)
    t.equal(at({}), 'https://example.org/fn/abc')
    t.equal(at({ slug: 'hello' }), 'https://example.org/fn/hello')
    t.equal(at({ slug: 'hello', routes: [{ pattern: '/hook' }] }), 'https://example.org/hook')
    t.equal(
      at({ routes: [{ pattern: '/shop/:item' }, { pattern: '/docs/*' }] }),
      'https://example.org/docs/'
    )
    t.equal(at({ routes: [{ pattern: '/:any' }] }), 'https://example.org/fn/abc')
    t.equal(
      at({ routes: [{ pattern: '/*', host: 'shop.example.org' }] }, 'http://localhost:3000'),
      'http://shop.example.org:3000/'
    )
  }
)
