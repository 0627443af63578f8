import type { LuaModule } from '../../../../core/lua/module.js'
import type { NativeFunction } from '../../../../sandbox/lua/api.js'

/** What is wrong with a module's declaration, beside its code; a sentence for each. */
export function problemsOf(
  module: LuaModule,
  code: { readonly [fn: string]: NativeFunction } = {}
): string[] {
  const problems: string[] = []
  if (module.doc.trim() === '') problems.push(`${module.name} has no doc`)
  for (const [name, declared] of Object.entries(module.functions)) {
    const full = `${module.name}.${name}`
    if (declared.place === 'local' && code[name] === undefined) {
      problems.push(`${full} has no local code`)
    }
    if (declared.doc.trim() === '') problems.push(`${full} has no doc`)
    for (const param of declared.params) {
      if (param.doc.trim() === '') problems.push(`${full}: parameter '${param.name}' has no doc`)
    }
    const firstOptional = declared.params.findIndex(param => param.type.kind === 'optional')
    if (
      firstOptional >= 0 &&
      declared.params.slice(firstOptional).some(param => param.type.kind !== 'optional')
    ) {
      problems.push(`${full}: a needed parameter follows an optional one`)
    }
    const isUsedValue =
      declared.place === 'local' && declared.isValue === true && declared.example.includes(full)
    if (
      !isUsedValue &&
      !declared.example.includes(`${full}(`) &&
      !declared.example.includes(`${module.name}["${name}"](`) &&
      !declared.example.includes(`${full}{`)
    ) {
      problems.push(`${full}: the example does not call it`)
    }
  }
  for (const name of Object.keys(code)) {
    if (module.functions[name] === undefined) {
      problems.push(`${module.name}.${name} is not declared`)
    }
  }
  return problems
}
