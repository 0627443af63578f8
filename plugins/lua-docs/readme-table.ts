import type { LuaModule } from '../../core/lua/module.js'
import { callName } from '../../core/lua/signature.js'

/** The README's table of Lua APIs: a row for each module. */
export function readmeTable(modules: readonly LuaModule[]): string {
  const rows = modules.map(
    ({ name, doc, functions }) =>
      `| \`${name}\` | ${firstParagraph(doc)} | ${Object.keys(functions)
        .map(fn => `\`${callName(name, fn).slice(name.length).replace(/^\./, '')}\``)
        .join(' ')} |`
  )
  return ['| API | What it is for | Functions |', '|---|---|---|', ...rows].join('\n')
}

const firstParagraph = (doc: string): string =>
  (doc.split('\n\n')[0] ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ')
