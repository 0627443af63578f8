#!/bin/sh
# The `moonlet` program: finds its runtime and becomes it, so that signals and the service manager reach the server.
here=$(dirname -- "$(readlink -f -- "$0")")
# In a clone: the newest build, in a folder that stays as it is while others are made (config/build/store.mjs).
[ ! -d "$here/../.build" ] || here=$(readlink -f -- "$here/../.build/core")
runtime=$(/bin/sh "$here/find-runtime.sh") || exit 1

# Without it glibc moves this limit up with the bodies it frees, and keeps up to 60 MiB that nobody uses (PERFORMANCE.md).
export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-131072}"
# In MiB, as in Node 22; Node 24 lets the young generation grow to four times as much before it collects.
export NODE_OPTIONS="${NODE_OPTIONS:---max-semi-space-size=16}"
exec "$runtime" "$here/cli.js" "$@"
