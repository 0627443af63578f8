#!/bin/sh
# Runs the tests, or those that are given, on the newest Node.js of another line, such as 22, instead of the runtime.
set -eu
line=$1
shift
package=node-linux-$(node -p process.arch)
npm install --silent --no-save --no-audit --no-fund --prefix ".cache/node-$line" "$package@$line"
npm run --silent build -- --tests
export TAP_RCFILE=config/taprc
[ -f node_modules/.tap-built ] || { tap build && touch node_modules/.tap-built; }
exec ".cache/node-$line/node_modules/$package/bin/node" "$(readlink -f node_modules/.bin/tap)" "$@"
