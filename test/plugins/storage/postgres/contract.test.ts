import t from 'tap'
import { testStorage } from '../../../contracts/storage.js'
import { onPostgres } from '../../../helpers/postgres.js'
import { openNewOn } from './open-postgres.js'

await onPostgres(t, async postgres => {
  testStorage(t, await openNewOn(postgres), { isFile: false })
})
