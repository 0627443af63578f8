/** The stored routes of a data folder, which is only read, also beside a server. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RefusedRoute } from '../../core/contracts/addresses.js'
import type { FunctionRow } from './functions/function-rows.js'
import { present } from './functions/function-statements.js'
import { toRefusedRoutes } from './functions/refused-routes.js'
import { openForReading } from './db/open.js'

const routedSql = `
select f.id, f.name, f.front_door as frontDoor from functions f where f.front_door is not null and ${present}
order by f.seq`

/** None where there is no database yet, or one of a version whose functions had no routes. */
export function readRefusedRoutes(folder: string): RefusedRoute[] {
  const file = join(folder, 'moonlet.db')
  if (!existsSync(file)) return []
  const db = openForReading(file)
  try {
    const columns = db
      .prepare<[], string>("select name from pragma_table_info('functions')")
      .pluck()
      .all()
    if (!columns.includes('front_door')) return []
    return toRefusedRoutes(
      db.prepare<[], Pick<FunctionRow, 'id' | 'name' | 'frontDoor'>>(routedSql).all()
    )
  } finally {
    db.close()
  }
}
