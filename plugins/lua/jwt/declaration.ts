import {
  Any,
  Bytes,
  Dict,
  Fields,
  List,
  Num,
  Optional,
  Text,
  Union,
  field
} from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

const algorithm = '`HS256`, `RS256`, `ES256` or `EdDSA`.'

const SignOptions = Fields(
  {
    algorithm: field(Text(), algorithm),
    expiresIn: field(
      Optional(Num({ min: 0 })),
      'Seconds from now after which it is refused: the claim `exp`.'
    ),
    keyId: field(Optional(Text()), 'The `kid` of the header.')
  },
  'JwtSignOptions'
)

const VerifyOptions = Fields(
  {
    algorithm: field(Text(), `The only one that is accepted: ${algorithm}`),
    issuer: field(Optional(Text()), 'What `iss` must be.'),
    audience: field(Optional(Union(Text(), List(Text()))), 'What `aud` must have; of a list one.'),
    leeway: field(
      Optional(Num({ min: 0, max: 3600 })),
      'Seconds by which clocks may differ; 0 if left out.'
    )
  },
  'JwtVerifyOptions'
)

const key = (what: string) =>
  param('key', Bytes(), `The secret of HS256, otherwise the ${what} key in PEM.`)

export const jwt = luaModule('jwt', {
  doc: 'JSON Web Tokens (RFC 7519).',
  functions: {
    sign: local({
      doc: 'Makes a token of claims. Raises for a key that is not of the algorithm, and for `none`.',
      params: [
        param('claims', Dict(Any), 'Such as `sub`, `exp`, `nbf`, `aud` and `iss`.'),
        key('private'),
        param('options', SignOptions, 'The algorithm, and what is added.')
      ],
      returns: Text(),
      example: `local token = jwt.sign({ sub = "user 1" }, "a long secret", { algorithm = "HS256", expiresIn = 3600 })
return { body = token }`
    }),
    verify: local({
      doc:
        'The claims of a token whose signature is right. Fails for another signature or algorithm ' +
        '(the token has no say in it), when `exp` has passed or `nbf` has not come, and when `iss` or ' +
        '`aud` is not what the options say. Raises for a key that is not of the algorithm, and for `none`.',
      params: [
        param('token', Text(), 'The token.'),
        key('public'),
        param('options', VerifyOptions, 'The algorithm, and what is checked.')
      ],
      returns: Dict(Any),
      returnDoc: 'The claims.',
      fails: true,
      example: `local token = jwt.sign({ sub = "user 1" }, "a long secret", { algorithm = "HS256" })
local claims, err = jwt.verify(token, "a long secret", { algorithm = "HS256" })
if err then return { statusCode = 401, body = err } end
return { body = claims.sub }  -- user 1`
    })
  }
})
