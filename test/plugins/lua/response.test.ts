import t from 'tap'
import { luaRows, startLua } from './support/lua-checks.js'

const prelude = `local function show(answer) return json.encode(answer) end
local function cookie(...) return response.cookie("a", ...) end`

t.test('answers are made in one line', async t => {
  await luaRows(
    t,
    await startLua(t),
    [
      [
        `show(response.json({ a = 1 }))`,
        '{"body":"{\\"a\\":1}","headers":{"Content-Type":"application/json"},"statusCode":200}'
      ],
      [`show(response.json(nil, 404))`, /"body":"null".*"statusCode":404/],
      [
        `show(response.html("x", 201))`,
        /"Content-Type":"text\/html; charset=utf-8".*"statusCode":201/
      ],
      [`show(response.text("x"))`, /"Content-Type":"text\/plain; charset=utf-8"/],
      [
        `show(response.text("x", 200, { ["content-type"] = "text/css", ["X-A"] = { "1", "2" } }))`,
        '{"body":"x","headers":{"X-A":["1","2"],"content-type":"text/css"},"statusCode":200}'
      ],
      [`show(response.redirect("/x"))`, '{"body":"","headers":{"Location":"/x"},"statusCode":302}'],
      [`show(response.redirect("/x", 308))`, /"statusCode":308/]
    ],
    prelude
  )
})

t.test('a cookie is made safe, and read back as it was', async t => {
  const rig = await startLua(t)
  await luaRows(
    t,
    rig,
    [
      [`cookie("1")`, 'a=1; Path=/; HttpOnly; SameSite=Lax'],
      [`cookie("x y;\\n%")`, /^a=x%20y%3B%0A%25; /],
      [
        `cookie("1", { path = "/p", domain = "example.org", maxAge = 60, httpOnly = false, secure = true, sameSite = "strict" })`,
        'a=1; Path=/p; Domain=example.org; Max-Age=60; Secure; SameSite=Strict'
      ],
      [
        `cookie("", { maxAge = 0, sameSite = "None" })`,
        'a=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=None'
      ],
      [`response.cookie("a b", "1")`, /^!.*no cookie can have this name/],
      [`response.cookie("a", ("x"):rep(5000))`, /^!.*5002 bytes/],
      [`cookie("1", { path = "/;x" })`, /^!.*field 'path'/],
      [`cookie("1", { sameSite = "x" })`, /^!.*field 'sameSite'/],
      [`cookie("1", { maxAge = -1 })`, /^!.*field 'maxAge'/],
      [`response.cookie("a")`, /^!.*bad argument #2 to 'response.cookie'/]
    ],
    prelude
  )
  const value = 'x y;"%\\,=é'
  const made = await rig.body(
    `function handler() return { body = response.cookie("a", ${JSON.stringify(value)}) } end`
  )
  const read = await rig.body(
    'function handler(_, event) return { body = event:cookies().a } end',
    {
      event: { headers: { Cookie: made.split(';')[0] ?? '' } }
    }
  )
  t.equal(read, value)
})

t.test('what no answer can be raises', async t => {
  await luaRows(t, await startLua(t), [
    [`response.json()`, /^!.*bad argument #1 to 'response.json'/],
    [`response.json(0/0)`, /^!.*response.json: JSON has no NaN/],
    [`response.text({})`, /^!.*bad argument #1 to 'response.text'/],
    [`response.text("x", 99)`, /^!.*bad argument #2 to 'response.text'/],
    [`response.redirect("/x", 304)`, /^!.*bad argument #2 to 'response.redirect' \(301, /],
    [`response.redirect("/x\\r\\nSet-Cookie: a=b")`, /^!.*bad argument #1 to 'response.redirect'/],
    [`response.redirect("")`, /^!.*bad argument #1 to 'response.redirect'/]
  ])
})

t.test('texts are escaped for pages, addresses and base64url', async t => {
  await luaRows(t, await startLua(t), [
    [`html.escape("<a href='x'>&\\"</a>")`, '&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;'],
    [`html.escape("é")`, 'é'],
    [`html.escape({})`, /^!.*bad argument #1 to 'html.escape'/],
    [`url.encodePath("a b/c?é~")`, 'a%20b%2Fc%3F%C3%A9~'],
    [`url.encodePath(nil)`, /^!.*bad argument #1 to 'url.encodePath'/],
    [`url.encode("a b+c")`, 'a+b%2Bc'],
    [`base64.encodeUrl("a?b>c~")`, 'YT9iPmN-'],
    [`base64.encodeUrl("a")`, 'YQ'],
    [`base64.decodeUrl("YQ")`, 'a'],
    [`base64.decodeUrl("YQ==")`, 'a'],
    [`base64.decodeUrl("")`, ''],
    [`base64.decodeUrl("YQ=")`, /^nil\|not base64/],
    [`base64.decodeUrl("Y")`, /^nil\|not base64/],
    [`base64.decodeUrl("a+b/")`, /^nil\|not base64/],
    [`base64.decodeUrl("YQ\\n")`, /^nil\|not base64/],
    [`router.path("/a/:name", { name = "x y/z" }):gsub("^/fn/[^/]*", "")`, '/a/x%20y%2Fz|1']
  ])
})

t.test('events are written line by line, whatever they hold', async t => {
  await luaRows(
    t,
    await startLua(t),
    [
      [`sent("a")`, 'data: a\n\n'],
      [`sent("a\\nb\\r\\nc\\rd\\n")`, 'data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n'],
      [`sent("")`, 'data: \n\n'],
      [`sent("\\255ü")`, 'data: \ufffdü\n\n'],
      [`sent(1.5)`, 'data: 1.5\n\n'],
      [`sent(true)`, 'data: true\n\n'],
      [`sent(nil)`, 'data: null\n\n'],
      [`sent(json.null)`, 'data: null\n\n'],
      [`sent({ 1, 2 })`, 'data: [1,2]\n\n'],
      [`sent({ n = 1, id = 2 })`, 'data: {"id":2,"n":1}\n\n'],
      [`sent({})`, 'data: {}\n\n'],
      [
        `sent({ event = "tick", data = { a = "x\\ny" }, id = 7, retry = 3000 })`,
        'event: tick\nid: 7\nretry: 3000\ndata: {"a":"x\\ny"}\n\n'
      ],
      [`sent({ data = "a\\nb" })`, 'data: a\ndata: b\n\n'],
      [`sent({ data = false })`, 'data: false\n\n'],
      [`sent({ event = "ping" })`, 'event: ping\ndata:\n\n'],
      [`sent({ id = "", retry = 0 })`, 'id: \nretry: 0\n\n'],
      [`sent()`, /^!.*bad argument #1 to 'send' \(value expected\)/],
      [`sent(print)`, 'data: null\n\n'],
      [`sent(0/0)`, /^!.*send: JSON has no NaN/],
      [
        `sent({ data = "a", evnt = "b" })`,
        /^!.*an event has no field 'evnt'; its fields are event, /
      ],
      [`sent({ event = "a\\nb" })`, /^!.*field 'event': a text without line breaks expected/],
      [`sent({ id = "a\\0b" })`, /^!.*field 'id': a text without line breaks expected/],
      [`sent({ event = {} , data = 1 })`, /^!.*field 'event': string expected/],
      [`sent({ retry = -1 })`, /^!.*field 'retry': a whole number of milliseconds expected/],
      [`sent({ retry = "1" })`, /^!.*field 'retry'/],
      [
        `response.events("x")`,
        /^!.*bad argument #1 to 'response.events' \(function expected, got string\)/
      ],
      [`response.events()`, /^!.*function expected, got no value/],
      [
        `json.encode(response.events(print, { headers = { ["cache-control"] = "no-store", ["X-A"] = "1" } }).headers)`,
        '{"Content-Type":"text/event-stream","X-A":"1","X-Accel-Buffering":"no","cache-control":"no-store"}'
      ],
      [`response.events(print).headers["Cache-Control"]`, 'no-cache'],
      [`results("a")`, 'true|nil'],
      [`raises(function(send) send("a") error({ code = "x" }) end)`, 'x'],
      [`raises(function(send) send({ retry = "x" }) end)`, /bad argument #1 to 'send'/]
    ],
    `
local function sent(...)
  local args, texts = table.pack(...), {}
  local answer = response.events(function(send) send(table.unpack(args, 1, args.n)) end)
  answer.body(function(text) texts[#texts + 1] = text return true end)
  return table.concat(texts)
end
local function results(...)
  local got
  response.events(function(send) got = table.pack(send("a")) end).body(function() return true end)
  return tostring(got[1]) .. "|" .. tostring(got[2])
end
local function raises(run)
  local _, why = pcall(response.events(run).body, function() return true end)
  return type(why) == "table" and why.code or why
end`
  )
})
