import {
  Any,
  Bool,
  Bytes,
  Dict,
  Fields,
  Func,
  Int,
  List,
  Num,
  Optional,
  Text,
  Union,
  field
} from '../../../core/lua/types/declare.js'
import { local, luaModule, param } from '../../../core/lua/module.js'

const HeaderValue = Union(Text(), List(Text()))

const headers = param(
  'headers',
  Optional(Dict(HeaderValue)),
  'More headers; a list sends one several times. They win over the Content-Type.'
)

const status = (fallback: number) =>
  param('status', Optional(Int({ min: 100, max: 999 })), `The status; ${fallback} if left out.`)

const Answer = Fields(
  {
    statusCode: field(Int(), 'The status.'),
    headers: field(Dict(HeaderValue), 'Headers by name.'),
    body: field(Bytes(), 'What is sent.')
  },
  'ResponseAnswer'
)

const Written = [Optional(Bool), Optional(Text())]

const EventsAnswer = Fields(
  {
    statusCode: field(Int(), 'The status.'),
    headers: field(Dict(HeaderValue), 'Headers by name.'),
    body: field(Func([['write', Func([['text', Bytes()]], ...Written)]]), 'Writes what is sent.')
  },
  'StreamedAnswer'
)

const Send = Func([['event', Any]], ...Written)

const CookieOptions = Fields(
  {
    path: field(Optional(Text()), 'Where it is sent to; `/` if left out.'),
    domain: field(
      Optional(Text()),
      'Sent to its subdomains as well; without it to this host alone.'
    ),
    maxAge: field(
      Optional(Num({ min: 0 })),
      'Seconds for which it is kept, 0 removes it; until the browser closes if left out.'
    ),
    httpOnly: field(Optional(Bool), '`false` lets scripts of the page read it.'),
    secure: field(
      Optional(Bool),
      'Sent over HTTPS alone; if left out, when the server has such an address.'
    ),
    sameSite: field(Optional(Text()), '`Lax` (if left out), `Strict` or `None`.')
  },
  'CookieOptions'
)

const RETURNS = 'The table that a handler returns.'

export const response = luaModule('response', {
  doc: 'Answers of a handler, made in one line.',
  functions: {
    json: local({
      doc: 'An answer with a value as JSON. Raises for what `json.encode` cannot write.',
      params: [param('value', Any, 'What to write.'), status(200), headers],
      returns: Answer,
      returnDoc: RETURNS,
      example: 'return response.json({ error = "not found" }, 404)'
    }),
    html: local({
      doc: 'An answer with a page. Texts from outside go into it through `html.escape`.',
      params: [param('html', Bytes(), 'The page.'), status(200), headers],
      returns: Answer,
      returnDoc: RETURNS,
      example: 'return response.html("<h1>Hello</h1>")'
    }),
    text: local({
      doc: 'An answer with plain text.',
      params: [param('text', Bytes(), 'The text.'), status(200), headers],
      returns: Answer,
      returnDoc: RETURNS,
      example: 'return response.text("too many requests", 429)'
    }),
    redirect: local({
      doc: 'Sends the caller to another address. Raises for a status that does not.',
      params: [
        param('url', Text(), 'The address, or a path.'),
        param(
          'status',
          Optional(Int({ min: 300, max: 399 })),
          '302 if left out; 301, 303, 307 and 308 redirect as well.'
        ),
        headers
      ],
      returns: Answer,
      returnDoc: RETURNS,
      example: 'return response.redirect("https://example.com/", 301)'
    }),
    events: local({
      doc:
        'An answer of Server-Sent Events, which leave one by one while the function `run` sends them; what browsers ' +
        'read by `EventSource`. `send` takes a text, or another value, which is sent as JSON, or the fields of an ' +
        'event: `send({ event = "tick", data = value, id = "7", retry = 3000 })`. It returns `true`, or `nil, err` ' +
        'when the caller has left, and waits while the caller does not take more. The stream ends when `run` returns.',
      params: [
        param(
          'run',
          Func([['send', Send]]),
          'Called with `send` once status and headers have left.'
        ),
        param(
          'options',
          Optional(Fields({ headers: field(Optional(Dict(HeaderValue)), 'More headers.') })),
          'What else the answer has.'
        )
      ],
      returns: EventsAnswer,
      returnDoc: RETURNS,
      example:
        'return response.events(function(send)\n' +
        '  for i = 1, 3 do\n' +
        '    if not send({ event = "tick", data = { n = i } }) then return end\n' +
        '    time.sleep(10)\n' +
        '  end\n' +
        'end)'
    }),
    cookie: local({
      doc:
        'The value of a `Set-Cookie` header. What may not stand in a cookie is escaped, and ' +
        '`event:cookies()` decodes it. Raises for a name or an option that no cookie can have.',
      params: [
        param('name', Text(), 'Its name.'),
        param('value', Bytes(), 'Its value.'),
        param('options', Optional(CookieOptions), 'Where, how long and to whom it is sent.')
      ],
      returns: Text(),
      example:
        'local cookie = response.cookie("theme", "dark", { maxAge = 86400 })\n' +
        'return response.text("saved", 200, { ["Set-Cookie"] = cookie })'
    })
  }
})
