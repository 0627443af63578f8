#!/bin/sh
# Prints the path of the Node.js that Moonlet runs on, or one sentence on standard error and exits with 1.
#
# That is the one which was installed with Moonlet (the packages node-linux-*, in the node_modules of its own folder or
# of one above), else the first on PATH that is new enough. Each is tried: it must run on this machine and have the
# Node-API level that better-sqlite3 needs, which Node 22.14 was the first to have.
node_api=10

has_node_api () {
  [ -f "$1" ] && [ -x "$1" ] || return 1
  # Every release from 24 on has the level, and says its version without starting an engine, in a tenth of the time.
  # What NODE_OPTIONS holds is for the server.
  case $(NODE_OPTIONS='' "$1" --version 2>/dev/null) in
    v2[4-9].* | v[3-9][0-9].*) return 0 ;;
  esac
  NODE_OPTIONS='' "$1" -e "process.exit(Number(process.versions.napi) >= $node_api ? 0 : 1)" >/dev/null 2>&1
}

folder=$(readlink -f -- "$0")
while [ "$folder" != / ]; do
  folder=$(dirname -- "$folder")
  for node in "$folder"/node_modules/node-linux-*/bin/node; do
    if has_node_api "$node"; then
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
  if has_node_api "$node"; then
    printf '%s\n' "$node"
    exit 0
  fi
  [ -n "$too_old" ] || [ ! -x "$node" ] || too_old=$(NODE_OPTIONS='' "$node" --version 2>/dev/null)
done

echo "Moonlet needs Node.js 22.14 or newer and found ${too_old:-none}: install it together with its optional" \
  "packages, which bring one (npm install, without --omit=optional), or put a newer Node.js on PATH." >&2
exit 1
