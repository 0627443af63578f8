/** How functions get to a server: for whoever writes them without the dashboard. */

export const shippingText = `## Writing and shipping

You need the address of the server and a token with the scopes \`functions:read\`, \`functions:write\`, \`run\` and \
\`executions:read\`, in \`MOONLET_URL\` and \`MOONLET_TOKEN\`.

With the \`moonlet\` program, in a folder with \`NAME/main.lua\` and \`NAME/function.json\` \
(shared modules are \`modules/NAME.lua\`):

\`\`\`sh
moonlet pull --json
moonlet new hello --template http --json
moonlet push hello --yes --message "Makes hello" --json
sed -i 's/Hello/Good evening/' hello/main.lua
moonlet run hello --draft hello/main.lua --data '{"a":1}' --json
moonlet diff hello --json
moonlet push hello --yes --message "Greets in the evening" --json
moonlet run hello --data '{"a":1}' --json
moonlet logs hello --json
moonlet versions hello --json
moonlet rollback hello --json
\`\`\`

Each prints one JSON document; \`error\` in it says what is wrong. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 \
somebody changed the server meanwhile (nothing was pushed: \`moonlet pull\`, then look at the difference), 4 the token \
does not do, 5 the server cannot be reached. A draft needs a function that is on the server, so a new one is pushed \
first. A push checks the syntax, is done as a whole or not at all, and names what is wrong by file and line.

Without it, with \`Authorization: Bearer TOKEN\` (the whole API is at \`/docs/openapi.json\`):

1. \`POST /api/check {"code"}\` says whether the syntax is right, with line and column.
2. \`POST /api/functions {"name", "code"}\` makes a function; \`GET /api/functions?search=\` finds one.
3. \`POST /api/functions/{id}/draft {"code", "event": {"method", "path", "query", "headers", "body"}}\` runs code \
without saving it and answers with \`status_code\`, \`body\`, \`logs\` and \`error\`.
4. \`PUT /api/functions/{id} {"code", "message"}\` makes a version and activates it. Send the \`ETag\` of what you \
read as \`If-Match\`: 412 means that somebody else was faster. \`POST /api/push\` does several functions, all or none.
5. \`GET /api/functions/{id}/executions\` and \`GET /api/executions/{id}/logs\` show what ran.
6. \`POST /api/modules {"name", "code"}\` makes a shared module, for \`require("name")\`; \`/api/modules/{id}\` works \
as for functions, and \`"modules": {"name": code}\` in a draft run tries a change of one.
7. \`GET /api/functions/{id}/versions\` lists the versions; \`POST /api/functions/{id}/versions/{version}/activate\`, \
with the \`id\` of one, goes back to it.`
