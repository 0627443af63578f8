import { Any, Bool, Dict, Optional, Text } from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

const path = param('path', Text(), 'The path, usually `event.relativePath`.')
const pattern = param('pattern', Text(), 'Such as `/users/:id` or `/files/*`.')
const values = param(
  'params',
  Optional(Dict(Any)),
  'Name to text or number. They are encoded as by `url.encodePath`.'
)

export const router = luaModule('router', {
  doc:
    'Several paths in one function. In a pattern `:name` takes one segment, and a `*` at the end ' +
    'takes one or more. Case matters; leading, trailing and double slashes do not.',
  functions: {
    match: local({
      doc: 'Whether a path fits a pattern.',
      params: [path, pattern],
      returns: Bool,
      example: `if event.method == "GET" and router.match(event.relativePath, "/") then
  return { body = "home" }
end
return { statusCode = 404, body = "no such page" }`
    }),
    params: local({
      doc: "The values of the pattern's names, as they stand in the path.",
      params: [path, pattern],
      returns: Dict(Text()),
      returnDoc: 'Empty when the path does not fit.',
      example: `local params = router.params("/users/42/posts/7", "/users/:user/posts/:post")
return { body = params.user .. " " .. params.post }  -- 42 7`
    }),
    path: local({
      doc: 'A path of this function, with `:name` replaced by its value. Names without a value stay.',
      params: [pattern, values],
      returns: Text(),
      returnDoc:
        "`/fn/` + the function's id + the pattern filled in, behind the server's `BASE_PATH` where it has one.",
      example:
        'return { statusCode = 302, headers = { Location = router.path("/users/:id", { id = 42 }) } }'
    }),
    url: local({
      doc: "The same with the server's public address in front.",
      params: [pattern, values],
      returns: Text(),
      example: 'return { body = router.url("/users/:id", { id = 42 }) }'
    })
  }
})
