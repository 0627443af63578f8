#!/bin/sh
# Prints the path of the Node.js that Moonlet runs on, or one sentence on standard error and exits with 1.
#
# That is the one which was installed with Moonlet (the packages node-linux-*, in the node_modules of its own folder or
# of one above), else the first on PATH that is new enough. Each is tried: it must run on this machine, have the
# Node-API level that better-sqlite3 needs, and Zstandard for large texts. Of the line 22, that is 22.15 and later.
node_api=10

can_run () {
  [ -f "$1" ] && [ -x "$1" ] || return 1
  # Every release from 24 on has both, and says its version without starting an engine, in a tenth of the time.
  # What NODE_OPTIONS holds is for the server.
  case $(NODE_OPTIONS='' "$1" --version 2>/dev/null) in
    v2[4-9].* | v[3-9][0-9].*) return 0 ;;
  esac
  NODE_OPTIONS='' "$1" -e \
    "const { napi, zstd } = process.versions; process.exit(Number(napi) >= $node_api && zstd ? 0 : 1)" >/dev/null 2>&1
}

folder=$(readlink -f -- "$0")
while [ "$folder" != / ]; do
  folder=$(dirname -- "$folder")
  for node in "$folder"/node_modules/node-linux-*/bin/node; do
    if can_run "$node"; then
      printf '%s\n' "$node"
      exit 0
    fi
  done
done

too_old=
IFS=:
set -f
for folder in $PATH; do
  node=${folder:-.}/node
  if can_run "$node"; then
    printf '%s\n' "$node"
    exit 0
  fi
  [ -n "$too_old" ] || [ ! -x "$node" ] || too_old=$(NODE_OPTIONS='' "$node" --version 2>/dev/null)
done

echo "Moonlet needs Node.js 22.15 or newer and found ${too_old:-none}: install it together with its optional" \
  "packages, which bring one (npm install, without --omit=optional), or put a newer Node.js on PATH." >&2
exit 1
