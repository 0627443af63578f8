/** Imports shared modules from plain files (see shared-modules.ts). A module goes by its name. */
import type { IdSource } from '../base/ids.js'
import type { Storage } from '../contracts/storage.js'
import { readNewModule, type WhyReserved } from '../validation/module-change.js'
import { listModules } from './list-all.js'
import { toFailed, type Imported } from './report.js'
import { modulePaths, readModules, type ModuleFile } from './shared-modules.js'

type Modules = Pick<Storage['modules'], 'list' | 'create' | 'update'>

/** One that fails does not stop the others. */
export async function importModules(
  modules: Modules,
  ids: Pick<IdSource, 'next'>,
  folder: string,
  whyReserved: WhyReserved
): Promise<Imported[]> {
  const { modules: files, problems } = await readModules(folder)
  const report = problems.map(({ place, reason }): Imported => ({
    folder: place,
    action: 'failed',
    note: reason
  }))
  if (files.length === 0) return report
  const present = new Map((await listModules(modules)).map(found => [found.module.name, found]))
  for (const file of files) {
    const place = modulePaths(file.name).code
    try {
      readNewModule(file, whyReserved)
      report.push({ folder: place, action: await importOne(file) })
    } catch (error) {
      report.push({ folder: place, ...toFailed(error) })
    }
  }
  return report

  async function importOne({ name, code, description }: ModuleFile): Promise<Imported['action']> {
    const now = Math.floor(Date.now() / 1000)
    const found = present.get(name)
    if (found === undefined) {
      const said = description === '' ? undefined : description
      await modules.create({ id: ids.next(), name, description: said, code, now })
      return 'created'
    }
    const isSaid = (found.module.description ?? '') === description
    const isSame = found.active.code === code
    if (isSaid && isSame) return 'unchanged'
    await modules.update(found.module.id, {
      patch: isSaid ? {} : { description },
      code: isSame ? undefined : code,
      now
    })
    return 'updated'
  }
}
