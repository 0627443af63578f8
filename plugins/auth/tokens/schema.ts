/** Tokens as the API shows and takes them. */
import { Type } from 'typebox'
import { tokenScopes, type TokenRecord } from '../../../core/contracts/tokens.js'
import { pageOf } from '../../../core/http/pagination.js'
import { limits } from '../../../core/validation/limits.js'

const fields = {
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(Type.Enum([...tokenScopes]), { description: 'What it may do.' }),
  functions: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Ids of the only functions it is for; absent when it is for all.'
    })
  ),
  created_at: Type.Integer({ description: 'Unix seconds.' }),
  expires_at: Type.Optional(
    Type.Integer({ description: 'Unix seconds; absent when it does not expire.' })
  )
}

const tokenExample = {
  id: 'd2c1v7h8e9k0m3n4p5s1',
  name: 'deploy from CI',
  scopes: ['functions:read', 'functions:write'] as const,
  functions: ['d2c1v7h8e9k0m3n4p5q6'],
  created_at: 1767225600,
  expires_at: 4102444800
}
const usedExample = { ...tokenExample, last_used_at: 1767225660, last_used_ip: '203.0.113.7' }

const Token = Type.Object(
  {
    ...fields,
    last_used_at: Type.Optional(
      Type.Integer({ description: 'Unix seconds, to the minute; absent when never used.' })
    ),
    last_used_ip: Type.Optional(Type.String({ description: 'Where that use came from.' }))
  },
  { title: 'Token', examples: [usedExample] }
)

export const TokenPage = pageOf('tokens', Token)

export const CreatedToken = Type.Object(
  {
    ...fields,
    token: Type.String({ description: 'The token itself, shown this once.' })
  },
  { title: 'CreatedToken', examples: [{ ...tokenExample, token: 'moonlet_…' }] }
)

export const TokenWish = Type.Object(
  {
    name: Type.Optional(
      Type.String({
        description: `Who or what has it; not blank, at most ${limits.nameBytes} bytes.`
      })
    ),
    scopes: Type.Optional(
      Type.Array(Type.String(), {
        description: `At least one of ${tokenScopes.map(scope => `\`${scope}\``).join(', ')}.`
      })
    ),
    functions: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Ids or slugs of the only functions it is for; left out, it is for all.'
      })
    ),
    expires_at: Type.Optional(
      Type.Integer({
        description: 'Unix seconds, in the future; left out, it does not expire.'
      })
    )
  },
  {
    examples: [
      {
        name: 'deploy from CI',
        scopes: ['functions:read', 'functions:write'],
        expires_at: 4102444800
      }
    ]
  }
)

export const toNewToken = ({ id, name, scopes, functions, ...times }: TokenRecord) => ({
  id,
  name,
  scopes: [...scopes],
  functions: functions && [...functions],
  created_at: times.createdAt,
  expires_at: times.expiresAt
})

export const toToken = (token: TokenRecord) => ({
  ...toNewToken(token),
  last_used_at: token.lastUsedAt,
  last_used_ip: token.lastUsedIp
})
