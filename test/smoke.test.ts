import t from 'tap'
import { toManifest } from '../core/lua/manifest.js'

t.test('no modules, no manifest', async t => { t.same(toManifest([]), []) })
