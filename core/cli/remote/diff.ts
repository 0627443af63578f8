/** `moonlet diff`: what a push would change. */
import type { Context } from '../context.js'
import { exitCodes } from '../failure.js'
import { hiddenOf, hiddenWords } from './functions/hidden.js'
import { openSync } from './functions/sync.js'
import { sayDiff, toDiff } from './functions/show-difference.js'

export async function diff(context: Context, names: readonly string[]): Promise<number> {
  const { compared, local, interrupted } = await openSync(context, names)
  const { terminal } = context
  const shown: Array<{ name: string; id: string | undefined; changed: string; diff: string }> = []
  const sides = { here: 'folder', there: 'server', both: 'both' } as Record<string, string>
  for (const one of compared) {
    const { difference, name } = one
    if (['equal', 'new-there', 'hidden'].includes(difference)) continue
    const text = await toDiff(one)
    const changed = sides[difference] ?? 'only-in-folder'
    shown.push({ name, id: one.remote?.id ?? one.local?.id, changed, diff: text })
    if (changed === 'server' || changed === 'both') {
      terminal.note(`${name} was changed on the server since the last pull`)
    }
    sayDiff(terminal, text)
  }
  const onServer = compared.filter(({ difference }) => difference === 'new-there')
  for (const { name } of onServer) terminal.note(`${name} is only on the server`)
  const hidden = hiddenOf(compared)
  for (const name of hidden) terminal.note(hiddenWords(name))
  for (const problem of local.problems) terminal.note(problem)
  context.report({
    differences: shown,
    only_on_server: onServer.map(({ name }) => name),
    not_visible: hidden,
    problems: local.problems,
    interrupted
  })
  return local.problems.length === 0 ? exitCodes.done : exitCodes.failed
}
