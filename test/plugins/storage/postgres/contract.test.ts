import t from 'tap'
import { testStorage } from '../../../contracts/storage.js'
import { missingPostgres, startPostgres } from '../../../helpers/postgres.js'
import { openNewOn } from './open-postgres.js'

const missing = missingPostgres()
if (missing !== undefined) t.plan(0, missing)
else testStorage(t, await openNewOn(await startPostgres(t)), { isFile: false })
