#!/bin/sh
# Runs the tests, or those that are given, on the newest Node.js of another line, such as 22, instead of the runtime.
set -eu
line=$1
shift
package=node-linux-$(node -p process.arch)
npm install --silent --no-save --no-audit --no-fund --prefix ".cache/node-$line" "$package@$line"
npm run --silent build -- --tests
exec ".cache/node-$line/node_modules/$package/bin/node" config/test/main.mjs "$@"
