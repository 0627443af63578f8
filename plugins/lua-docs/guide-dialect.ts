/** The part of the guide about the language. */
export const dialectText = `## The language

Lua 5.3 syntax, with numbers as in Lua 5.1.

- Every number is a double. Whole numbers are exact up to 2^53 and print without a point: \`10 / 2\` is \`5\`. \
\`//\` divides and rounds down, \`%\` is the remainder, \`&\`, \`|\`, \`~\`, \`<<\`, \`>>\` work on whole numbers.
- There: \`string\` (with \`format\`, \`gsub\`, \`gmatch\`, \`pack\`, …), \`table\`, \`math\`, \`coroutine\`, \
\`utf8\`, \`goto\`, integer division, \`load\` of text, and of \`os\` only \`time\`, \`date\`, \`clock\`, \
\`difftime\`.
- Not there: \`io\`, \`os.execute\`, \`os.getenv\` and the rest of \`os\`, \`package\`, \`debug\`, \`dofile\`, \
\`loadfile\`. Built-in modules are globals: never write \`require("json")\`. \`require("shop")\` loads a shared \
module of this server: Lua that returns a table, which people keep beside their functions (\`/api/modules\`). It runs \
anew in each run that requires it, once. Write its name as a constant text.
- Kept from Lua 5.1: \`unpack\`, \`loadstring\`, \`setfenv\`, \`getfenv\`, \`table.getn\`, \`table.maxn\`, \
\`math.pow\`, \`math.mod\`, \`math.log10\`, \`string.gfind\`.
- Strings are bytes; \`#text\` counts bytes. For characters use \`utf8.len\`, \`utf8.char\`, \`strings.split(text, \
"")\`.
- Regular expressions do not exist; Lua patterns do: \`%d\` digit, \`%a\` letter, \`%s\` blank, \`%w\` letter or \
digit, \`.\` any, \`[abc]\`, \`[^abc]\`, \`*\`, \`+\`, \`-\` (shortest), \`?\`, \`^\`, \`$\`, \`%\` escapes. For \
plain texts use \`strings.contains\`, \`strings.replace\`, \`strings.split\`.

What people coming from other languages get wrong:

| Instead of | write |
|---|---|
| \`!=\`, \`&&\`, \`\\|\\|\`, \`!x\` | \`~=\`, \`and\`, \`or\`, \`not x\` |
| \`x += 1\`, \`i++\` | \`x = x + 1\` |
| \`null\`, \`undefined\` | \`nil\` |
| \`a ? b : c\` | \`a and b or c\` (when \`b\` is never false or nil) |
| \`"a" + "b"\` | \`"a" .. "b"\` |
| \`list[0]\` | \`list[1]\`: lists begin at 1, \`#list\` is the length |
| \`else if\` | \`elseif … then\` |
| \`continue\` | \`goto continue\` with \`::continue::\` before the loop's \`end\` |
| \`strings.repeat(s, n)\` | \`strings["repeat"](s, n)\` or \`string.rep(s, n)\` |
| \`text.upper()\` | \`text:upper()\` |
| \`try … catch\` | \`local ok, err = pcall(function () … end)\` |

A local function must stand above the code that calls it. Only \`nil\` and \`false\` are false: \`0\` and \`""\` \
are true. A table that is empty becomes \`{}\` in JSON, never \`[]\`.`
