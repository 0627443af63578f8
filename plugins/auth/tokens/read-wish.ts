/** What somebody wants a new token to be. */
import type { Static } from 'typebox'
import type { Actor } from '../../../core/contracts/actor.js'
import type { FunctionStore } from '../../../core/contracts/functions.js'
import { tokenScopes, type NewToken, type TokenScope } from '../../../core/contracts/tokens.js'
import { MoonletError } from '../../../core/base/errors.js'
import { checkExpiry, checkGivenName } from '../../../core/validation/given-name.js'
import { refuse } from '../../../core/validation/text.js'
import type { TokenWish } from './schema.js'

const MAX_FUNCTIONS = 1000

type Wish = Static<typeof TokenWish>

/** Throws VALIDATION; and FORBIDDEN when a token would outlive the one that makes it. */
export async function readWish(
  wish: Wish,
  actor: Actor | undefined,
  functions: Pick<FunctionStore, 'find' | 'listAddressed'>
): Promise<Omit<NewToken, 'id' | 'hash' | 'createdAt'>> {
  const { name = '', expires_at: expiresAt } = wish
  checkGivenName(name)
  checkExpiry(expiresAt)
  checkLifetime(expiresAt, actor)
  return {
    name,
    expiresAt,
    scopes: readScopes(wish.scopes ?? []),
    functions: wish.functions && (await readFunctions(wish.functions, functions))
  }
}

function checkLifetime(expiresAt: number | undefined, actor: Actor | undefined): void {
  const own = actor?.kind === 'token' ? actor.expiresAt : undefined
  if (own !== undefined && (expiresAt ?? Infinity) > own) {
    throw new MoonletError(
      'FORBIDDEN',
      `A token cannot make one that outlives it: expires_at must be ${own} at most`
    )
  }
}

function readScopes(wanted: readonly string[]): TokenScope[] {
  const isKnown = (scope: string): scope is TokenScope =>
    (tokenScopes as readonly string[]).includes(scope)
  if (wanted.length === 0 || !wanted.every(isKnown)) {
    refuse('scopes', `scopes must be some of: [${tokenScopes.join(' ')}]`)
  }
  return tokenScopes.filter(scope => wanted.includes(scope))
}

/** Slugs become ids: another function may get the slug later. */
async function readFunctions(
  wanted: readonly string[],
  functions: Pick<FunctionStore, 'find' | 'listAddressed'>
): Promise<string[]> {
  if (wanted.length === 0) refuse('functions', 'functions must name at least one function')
  if (wanted.length > MAX_FUNCTIONS) {
    refuse('functions', `functions cannot name more than ${MAX_FUNCTIONS} functions`)
  }
  const bySlug = new Map(
    (await functions.listAddressed()).flatMap(({ id, slug }) =>
      slug === undefined ? [] : [[slug, id] as const]
    )
  )
  const ids = new Set<string>()
  for (const name of wanted) {
    const id = (await functions.find(name))?.fn.id ?? bySlug.get(name)
    if (id === undefined) {
      refuse('functions', `there is no function ${JSON.stringify(name.slice(0, 100))}`)
    }
    ids.add(id)
  }
  return [...ids]
}
