/** Which code an error is in: the function's own, or that of a shared module. */
import { moduleOfFile } from '../base/module-file.js'
import type { ModuleSet, ModuleSource } from '../contracts/module-set.js'
import type { Fault } from '../contracts/records.js'

/** How a message of Lua begins; one about code that Lua cannot read names the module before. */
const PLACE = /^(?:error loading module '[^'\n]*': )?([^\s:]{1,200}):\d+: /

/** Undefined: not in a module. */
export function moduleOf(
  { message }: Pick<Fault, 'message'>,
  modules: ModuleSet | undefined
): ModuleSource | undefined {
  if (modules === undefined) return undefined
  const name = moduleOfFile(PLACE.exec(message)?.[1] ?? '')
  return modules.sources.find(source => source.name === name)
}
