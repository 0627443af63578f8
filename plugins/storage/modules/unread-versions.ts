/** Versions of functions that were stored before it was kept which modules their code requires. */
import type { Database } from 'better-sqlite3'
import { findRequires } from '../../../core/lua-source/requires.js'

/** At start; does nothing once it has been done. */
export function readUnreadVersions(db: Database): void {
  const unread = db.prepare<[], number>('select seq from versions where requires is null').pluck()
  if (unread.get() === undefined) return
  const code = db.prepare<[number], string>('select code from versions where seq = ?').pluck()
  const write = db.prepare<[string, number]>('update versions set requires = ? where seq = ?')
  db.transaction(() => {
    for (const seq of unread.all()) {
      write.run(JSON.stringify(findRequires(code.get(seq) ?? '')), seq)
    }
  }).immediate()
}
