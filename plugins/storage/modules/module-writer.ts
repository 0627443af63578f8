/** Changes of modules, within the transaction of whoever calls. */
import type { Database } from 'better-sqlite3'
import type { ModuleChange, NewModule } from '../../../core/contracts/modules.js'
import type { ModuleGraph } from './module-graph.js'
import { nameTaken, stillRequired } from './module-conflicts.js'
import { toModuleVersionColumns, type ChangedModule, type NewModuleVersion } from './module-rows.js'
import { prepareModuleReads, prepareModuleWrites } from './module-statements.js'

export class ModuleWriter {
  private readonly reads: ReturnType<typeof prepareModuleReads>
  private readonly writes: ReturnType<typeof prepareModuleWrites>

  constructor(
    db: Database,
    private readonly graph: Pick<ModuleGraph, 'readRequirers'>
  ) {
    this.reads = prepareModuleReads(db)
    this.writes = prepareModuleWrites(db)
  }

  /** Returns its row id. Throws CONFLICT when another module has the name. */
  insert({ id, name, description, code, origin, now }: NewModule): number {
    this.checkName(name, id)
    const { lastInsertRowid } = this.writes.insert.run({
      id,
      name,
      description: description ?? null,
      now
    })
    const rowId = Number(lastInsertRowid)
    this.insertVersion(rowId, { version: 1, code, createdAt: now, origin })
    return rowId
  }

  /** Throws CONFLICT when another module has the name. */
  change(
    rowId: number,
    { patch, code, activate = true, origin, now }: ModuleChange,
    before = this.nameOf(rowId)
  ): ChangedModule {
    if (patch.name !== undefined) {
      this.checkName(patch.name, this.reads.idOf.get(rowId) ?? '')
      this.writes.setName.run(patch.name, rowId)
    }
    if (patch.description !== undefined) {
      this.writes.setDescription.run(patch.description, rowId)
    }
    const version =
      code === undefined ? undefined : this.addVersion(rowId, { code, createdAt: now, origin })
    if (version !== undefined && activate) this.writes.activate.run(version, rowId)
    this.writes.noteChange.run(now, rowId)
    return { names: [...new Set([before, patch.name ?? before])], version }
  }

  /** Gives the name up until `change` gives it one. */
  setAside(rowId: number): string {
    const name = this.nameOf(rowId)
    this.writes.setName.run(`renamed ${rowId}`, rowId)
    return name
  }

  /** Returns the name that it had. */
  remove(rowId: number): string {
    const name = this.nameOf(rowId)
    this.writes.removeVersions.run(rowId)
    this.writes.remove.run(rowId)
    return name
  }

  activate(rowId: number, version: number): void {
    this.writes.activate.run(version, rowId)
    this.writes.countChange.run(rowId)
  }

  removeVersion(rowId: number, version: number): void {
    this.writes.removeVersion.run(rowId, version)
    this.writes.countChange.run(rowId)
  }

  nameOf(rowId: number): string {
    const name = this.reads.nameOf.get(rowId)
    if (name === undefined) throw new Error(`the module ${rowId} is gone`)
    return name
  }

  /** Throws CONFLICT when one of these names has no module any more, and something requires it. */
  refuseMissing(names: readonly string[]): void {
    const requirersOf = this.graph.readRequirers()
    for (const name of names) {
      if (this.reads.sourceOf.get(name, name) !== undefined) continue
      const requirers = requirersOf(name)
      if (requirers.length > 0) throw stillRequired(name, requirers)
    }
  }

  private checkName(name: string, id: string): void {
    const owner = this.reads.named.get(name)
    if (owner === undefined || owner.id === id) return
    throw nameTaken(name, owner)
  }

  /** Returns its number. */
  private addVersion(rowId: number, made: Omit<NewModuleVersion, 'version'>): number {
    const version = this.writes.nextVersion.get(rowId)
    if (version === undefined) throw new Error('the module of a new version is gone')
    this.insertVersion(rowId, { version, ...made })
    return version
  }

  private insertVersion(rowId: number, made: NewModuleVersion): void {
    this.writes.insertVersion.run({ rowId, ...toModuleVersionColumns(made) })
  }
}
