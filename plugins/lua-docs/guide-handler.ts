/** The part of the guide about what a function is given, gives, and may use up. */
export interface Limits {
  readonly timeoutSeconds: number
  readonly memoryMb: number
  readonly bodyLimit: number
  readonly responseLimit: number
}

export const handlerText = (limits: Limits): string => `${handler}${stateText(limits)}`

const handler = `## The handler

\`\`\`lua
function handler(ctx, event)
  return {
    statusCode = 200,
    headers = { ["Content-Type"] = "text/plain" },
    body = "Hello, " .. (event.query.name or "world")
  }
end
\`\`\`

The handler must be global (not \`local function handler\`) and must return a table on every way through it. The \
whole file is run anew for every request, then \`handler\` is called.

### event

| Field | What it holds |
|---|---|
| \`event.method\` | \`"GET"\`, \`"POST"\`, \`"PUT"\`, \`"PATCH"\`, \`"DELETE"\` or \`"HEAD"\` |
| \`event.path\` | the whole path, decoded, without the query: \`/fn/{id}/users/42\` |
| \`event.relativePath\` | the path behind \`/fn/{id}\`: \`/users/42\`, or \`/\`; use this one with \`router\` |
| \`event.query\` | table of name to text, decoded, first value only; a missing name is nil |
| \`event.headers\` | table of name to text; names are canonical: \`event.headers["Content-Type"]\`, \
\`event.headers["X-Api-Key"]\`. What opens this server (the cookie \`auth_token\`, its API key, its tokens) is not in \
it, and \`X-Trigger\` and \`X-Cron-…\` come from the scheduler alone |
| \`event.queryAll\`, \`event.headersAll\` | the same with a list of all values for each name: \
\`event.queryAll.tag[2]\` |
| \`event.rawPath\`, \`event.rawQuery\` | path (with \`/fn/{id}\`) and query as they were sent, not decoded: what \
tells \`%2F\` from \`/\` |
| \`event.params\` | table of the parameters of the route that was called, decoded; empty at \`/fn/{id}\` |
| \`event.ip\` | the caller's address, behind a trusted proxy (\`TRUST_PROXY\`) that of its client; \`""\` for \
schedules |
| \`event:header(name)\` | the header in any case, or nil: \`event:header("content-type")\` |
| \`event.body\` | the bytes of the body as a string, \`""\` when there is none; never parsed for you |
| \`event:json(options?)\` | the body read by \`json.decode\`; \`nil, err\` when it is no JSON or empty |
| \`event:form()\` | the form in the body, \`application/x-www-form-urlencoded\` or \`multipart/form-data\`, or \
\`nil, err\`. It has \`fields\` (name to text, first value), \`fieldsAll\` (name to list of texts) and \`files\`: a \
list of \`{ name, filename, type, body }\`, the body as bytes. At most 1000 fields and files, 1 MiB a field, 8 KiB \
of headers a part |
| \`event:cookies()\` | table of name to text, decoded; empty when there are none |

### ctx

\`ctx.executionId\`, \`ctx.functionId\`, \`ctx.functionName\`, \`ctx.requestId\` (texts), \`ctx.version\` (the \
running version's number, as text), \`ctx.startedAt\` (Unix seconds), \`ctx.baseUrl\` (public address of the \
server, such as \`https://example.org\`), \`ctx.url\` (the address that the caller used, with the query), \
\`ctx.trigger\` (what started the run: \`http\`, \`cron\`, \`job\` (a background call), \`function\` \
(\`functions.call\`), \`alert\`, \`draft\`, \`rerun\` or a plugin's name), \`ctx.caller\` (who called, as the \
function's \`access\` has let it in: \`kind\` is \`anyone\`, \`key\` or \`signature\`, \`name\` that of the key; \
of \`functions.call\` \`function\` and the name of the calling one; nil for schedules). Do not ask headers who \
called: everybody can send them.

In an attempt of a job \`ctx.job_id\` is its id and \`ctx.attempt\` the number of the attempt, from 1; in other runs \
both are nil. The function itself may say what becomes of the job: \`ctx.retry_after(seconds)\` has it run again \
after that time, as long as the function's \`retry\` has attempts left, and \`ctx.give_up(reason?)\` ends it as \
dead. The last word counts, whatever the run then answers or raises. In other runs both return \`nil, err\` and do \
nothing.

### The answer

| Field | Rule |
|---|---|
| \`statusCode\` | 100 to 999, sent as it is; 200 when left out, and for 1xx, which cannot end an answer |
| \`headers\` | table of name to text or number; a list of texts sends the header several times (\`["Set-Cookie"] = \
{ "a=1", "b=2" }\`). Left out are those that describe the connection or the run (\`X-Execution-Id\` and the like), \
the cookie \`auth_token\`, and, where functions share the dashboard's origin, what acts on all of it \
(\`Clear-Site-Data\`, \`Service-Worker-Allowed\`, \`Strict-Transport-Security\`, \`Alt-Svc\`, \`NEL\`, \
\`Report-To\`) |
| \`body\` | a string (any bytes) or number. A table is not converted: write \`body = json.encode(value)\`, or \
return \`response.json(value)\`. Or a function, which streams the body |
| \`isBase64Encoded\` | true when \`body\` is base64 of binary data; it is sent decoded |

When the handler sets no \`Content-Type\`, it is \`application/json\` for a body that is JSON (or empty), \
\`text/plain; charset=utf-8\` for other text, and \`application/octet-stream\` for bytes that are no UTF-8. Set \
\`text/html; charset=utf-8\` for pages. Answers carry CORS headers that allow every origin.

### Streams

A \`body\` that is a function is called with \`write\`, and what it writes leaves at once:

\`\`\`lua
function handler(ctx, event)
  return { body = function(write)
    for i = 1, 3 do
      if not write("line " .. i .. "\\n") then return end
    end
  end }
end
\`\`\`

- Status and headers leave first, without \`Content-Length\` and \`X-Execution-Duration-Ms\`; a stream without a \
\`Content-Type\` is \`text/plain; charset=utf-8\`. \`isBase64Encoded\` is refused. For \`HEAD\`, 204 and 304 the \
function is not called.
- \`write(text)\` returns \`true\`, or \`nil, "client closed"\` when the caller has left; then end as you like. It \
waits while the caller does not take more. A wrong type raises.
- The time limit and \`RESPONSE_LIMIT\` hold for the whole stream, and no more than \`SANDBOX_MAX\` are open at a \
time. An error in the middle breaks the connection, and the execution has failed.
- \`response.events(function(send) … end)\` answers Server-Sent Events.
- Drafts, schedules, background calls and \`functions.call\` get the body when it is complete.

### Errors

- A function that depends on the outside world (\`http\`, \`ai\`, \`email\`, \`json.decode\`, …) returns \`nil, \
err\` when it fails: check with \`local value, err = …; if err then … end\`. For \`json.decode\`, check \`err\` and \
not the value, because JSON \`null\` is nil.
- Wrong use (a wrong type, nil where text is wanted) raises a Lua error, which \`pcall\` catches.
- An error that nobody catches, and a handler that returns no table, answer 500 \`{"error":"Function execution \
failed"}\`; message, line and advice are in the execution's record. Of a table that is raised, \`error({ code = \
"not_found", message = "no such order" })\`, record and answer have \`code\` and \`message\`.
- To answer with an error, return it: \`return { statusCode = 404, body = json.encode({ error = "not found" }) }\`.

`

const stateText = ({
  timeoutSeconds,
  memoryMb,
  bodyLimit,
  responseLimit
}: Limits): string => `### State and limits

- Nothing survives a run but what is stored: globals, upvalues and changes of libraries are gone. Keep data with \
\`kv\` (private to the function), settings and secrets with \`env\` (its own, then those that all functions share). \
Runs go on side by side; for counters use \`kv.increment\`, for read-change-write \`kv.compareAndSet\`.
- One run may take ${timeoutSeconds} seconds, loading and waiting included; then it is ended, and \`pcall\` does \
not prevent that.
- One run has about ${memoryMb} MiB of memory. Request bodies are up to ${bodyLimit} bytes, answers up to \
${responseLimit}.
- The arguments of one call of \`kv\`, \`http\`, \`functions\` and the like hold at most 50,000 values, all in their \
tables counted; beyond, it raises an error. A text is one value: pass more as \`json.encode(value)\`.
- There are no files, no processes, no sockets; \`http\` is the only way out, and it reaches public addresses only \
unless the server allows others. Other functions of this server are called with \`functions.call\`. Functions that \
call each other may do so 8 calls deep; beyond, \`functions.call\` gives \`nil, err\` and HTTP 508.
- \`print\` goes to the server's own output; what you want to see in the function's history goes to \`log.info\`.

### Schedules

A function with a schedule (cron, set in the dashboard or by the API) is called with method \`POST\`, an empty body \
and the header \`X-Trigger: cron\`; \`event.headers["X-Cron-Scheduled-Time"]\` is the time it was due, in Unix \
seconds. The handler returns an answer as always; a status of 400 or more marks the run as failed.

### Jobs and alerts

A call with the header \`Prefer: respond-async\`, or \`functions.enqueue\`, makes a job: it is stored, and the \
handler is run until it answers below 400, its attempts are used up, or it answers something from 400 to 499 (408, \
425 and 429 aside), which ends the job as dead. A job runs at least once; so it should bear being run twice, for \
instance with \`kv.setIfAbsent\` on something that names the work.

A function that an alert names as its target is run by a job with the trigger \`alert\`. \`event:json()\` is the \
message: \`status\` (\`firing\`, \`ok\` or \`test\`), \`on\` (what is wrong, such as \`failure\`), \`title\`, \
\`text\`, \`url\`, \`count\`, \`since\` and \`at\` (Unix seconds), \`alert\` (with \`id\` and \`name\`), and, where \
they are known, \`function_id\`, \`function_name\`, \`execution_id\` and \`job_id\`.`
