/**
 * The code of `precompiled-sources.ts`. In the sandbox's bundle another file stands in the place of this one, which the
 * build makes (config/build/precompiled-plugin.mjs): it holds the code as text, so that no process compiles it. That
 * took 4 of the 40 ms of each start.
 */
import type { Code } from './compiler/code.js'
import { compile } from './compiler/compile.js'
import { sources, type SourceName } from './precompiled-sources.js'

export const precompiled = (name: SourceName): Code => compile(sources[name], name)
