/** Sets of variables, and what they were before, as the API shows them. */
import { Type } from 'typebox'
import type { VariablesEntry } from '../../../core/contracts/env.js'
import { limits } from '../../../core/validation/limits.js'

type Variables = VariablesEntry['variables']

export const NewEnvVars = Type.Object(
  {
    env_vars: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]), {
        description:
          `All variables. At most ${limits.envVars}; names of letters, digits and \`_\`, at most ` +
          `${limits.envKeyBytes} bytes; values not blank, at most ${limits.envValueBytes} bytes.`
      })
    )
  },
  { examples: [{ env_vars: { GREETING: 'hello' } }] }
)

const entryFields = {
  id: Type.Integer({ description: 'Never used twice.' }),
  replaced_at: Type.Integer({
    description: 'Until when the variables were like this, in Unix seconds.'
  }),
  replaced_by: Type.Enum(['user', 'function'], {
    description: 'Who changed them then: somebody through this API, or the function itself.'
  }),
  changes: Type.Array(
    Type.Object({
      name: Type.String(),
      change: Type.Enum(['added', 'changed', 'removed'])
    }),
    { description: 'What that change did.' }
  )
}
const entryExample = {
  id: 12,
  replaced_at: 1767225600,
  replaced_by: 'user' as const,
  changes: [{ name: 'GREETING', change: 'changed' as const }]
}
export const Entry = Type.Object(entryFields, {
  title: 'EnvHistoryEntry',
  examples: [entryExample]
})

export const Former = Type.Object(
  {
    id: entryFields.id,
    env_vars: Type.Record(Type.String(), Type.String())
  },
  { title: 'FormerEnvVars', examples: [{ id: 12, env_vars: { GREETING: 'good morning' } }] }
)

export const sharedExample = { env_vars: { SMTP_HOST: 'mail.example.org' } }
export const SharedEnvVars = Type.Object(
  {
    env_vars: Type.Record(Type.String(), Type.String(), {
      description: 'The variables that all functions share.'
    })
  },
  { title: 'SharedEnvVars', examples: [sharedExample] }
)

/** Who may change variables may read their values too; others see the names with empty values. */
export const toVisible = (variables: Variables, mayRead: boolean): Record<string, string> =>
  mayRead ? { ...variables } : Object.fromEntries(Object.keys(variables).map(name => [name, '']))

export const toEntry = ({
  id,
  replacedAt,
  replacedBy,
  variables,
  replacement
}: VariablesEntry) => ({
  id,
  replaced_at: replacedAt,
  replaced_by: replacedBy,
  changes: findChanges(variables, replacement)
})

interface Change {
  readonly name: string
  readonly change: 'added' | 'changed' | 'removed'
}

function findChanges(before: Variables, after: Variables): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .sort()
    .flatMap((name): Change[] => {
      const [was, is] = [Object.hasOwn(before, name), Object.hasOwn(after, name)]
      if (was && is) return before[name] === after[name] ? [] : [{ name, change: 'changed' }]
      return [{ name, change: was ? 'removed' : 'added' }]
    })
}
