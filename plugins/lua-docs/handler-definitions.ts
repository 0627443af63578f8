/** LuaLS classes of what a handler is given and gives. */
export const handlerDefinitions = `---The request, or the call by a schedule.
---@class Event
---@field method string Upper case, such as \`GET\`.
---@field path string The whole path, decoded, without the query.
---@field relativePath string The path behind \`/fn/{id}\`; \`/\` when there is none.
---@field headers table<string, string> By canonical name (\`X-My-Header\`), first value only.
---@field query table<string, string> Decoded, first value only.
---@field rawPath string The path as it was sent, not decoded, without the query.
---@field rawQuery string The query as it was sent, without the \`?\`; \`""\` when there is none.
---@field headersAll table<string, string[]> Every value of each header.
---@field queryAll table<string, string[]> Every value of each parameter.
---@field params table<string, string> The parameters of the route that was called, decoded.
---@field ip string The caller's address; \`""\` for schedules.
---@field body string The bytes of the body; \`""\` when there is none.
local Event = {}

---The first header of that name, in upper or lower case.
---@param name string
---@return string?
function Event:header (name) end

---The body read as JSON.
---@param options? JsonDecodeOptions
---@return any?
---@return string? err # Why it is no JSON; nil on success.
function Event:json (options) end

---@class FormFile
---@field name string The name of its input.
---@field filename string
---@field type string Its Content-Type.
---@field body string Its bytes.

---@class Form
---@field fields table<string, string> First value only.
---@field fieldsAll table<string, string[]> All values.
---@field files FormFile[]

---The form in the body, urlencoded or multipart.
---@return Form?
---@return string? err # Why it cannot be read; nil on success.
function Event:form () end

---The cookies by name, decoded.
---@return table<string, string>
function Event:cookies () end

---Who made the call, as the access of the function has let it in.
---@class Caller
---@field kind 'anyone'|'key'|'signature'|'function'
---@field name? string The name of the key, or of the calling function.

---What the run knows of itself.
---@class Context
---@field executionId string
---@field functionId string
---@field functionName string
---@field requestId string
---@field startedAt integer Unix seconds.
---@field version string The number of the running version.
---@field baseUrl string The server's public address.
---@field url string The address that the caller used, with the query.
---@field trigger string \`http\`, \`cron\`, \`job\`, \`function\`, \`alert\`, \`draft\`, \`rerun\`, or a plugin's name.
---@field caller? Caller Absent for schedules.
---@field job_id? string The job that the run is an attempt of.
---@field attempt? integer Which attempt of the job it is, from 1.
local Context = {}

---In an attempt of a job: the job is run again after so many seconds, whatever this run gives. The last word counts.
---@param seconds number
---@return true?
---@return string? err # Outside of jobs.
function Context.retry_after (seconds) end

---In an attempt of a job: the job is not run again, whatever this run gives. The last word counts.
---@param reason? string
---@return true?
---@return string? err # Outside of jobs.
function Context.give_up (reason) end

---What a handler returns.
---@class Answer
---@field statusCode? integer 100 to 999; 200 when left out.
---@field headers? table<string, string|number|string[]> A list sends the header several times.
---@field body? string|number|fun(write: fun(text: string|number): true?, string?) A function streams it.
---@field isBase64Encoded? boolean True: the body is base64 and sent decoded.

---Defined by your code; called once for every request.
---@alias Handler fun(ctx: Context, event: Event): Answer

---What Lua 5.1 had and Lua 5.3 has not, kept for older code.
unpack = table.unpack
loadstring = load
string.gfind = string.gmatch
---@param list table
---@return integer
function table.getn (list) end
---@param list table
---@return number
function table.maxn (list) end
---@param x number
---@param y number
---@return number
function math.pow (x, y) end
---@param x number
---@param y number
---@return number
function math.mod (x, y) end
---@param x number
---@return number
function math.log10 (x) end`
