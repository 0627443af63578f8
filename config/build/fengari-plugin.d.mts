import type { Plugin } from 'esbuild'

export declare function patchSource(
  name: string,
  source: string,
  patches: ReadonlyArray<readonly [before: string, after: string, times: number]>
): string
export declare function checkVersion(version: string): void
export declare const fengariPlugin: Plugin
