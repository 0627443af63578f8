/** A real scheduler with real processes for tests: settings that tests may change, and the modules they need. */
import type { Test } from 'tap'
import { loadConfig } from '../../config/load.js'
import { toManifest } from '../../core/lua/manifest.js'
import type { LuaModule } from '../../core/lua/module.js'
import type { LogLevel } from '../../core/contracts/records.js'
import {
  createSandboxFactory,
  type SandboxFactoryOptions
} from '../../sandbox/process/sandbox-factory.js'
import type { JobResult, InvokeJob } from '../../sandbox/job.js'
import { Scheduler } from '../../sandbox/scheduler/scheduler.js'
import { logModule } from '../../plugins/lua/log/module.js'

export interface RigOptions {
  readonly settings?: Record<string, string>
  readonly modules?: readonly LuaModule[]
  readonly timeoutMs?: number
  readonly program?: string
}

let count = 0

/** A job that runs `code` as version 1 of the function `fn`. */
export function toJob(
  code: string,
  {
    fn = 'f',
    onLog = () => {},
    onPrint = () => {},
    frontDoor,
    ...rest
  }: Partial<Omit<InvokeJob, 'fn' | 'event'>> & {
    fn?: string
    frontDoor?: InvokeJob['fn']['frontDoor']
    event?: Partial<InvokeJob['event']>
  } = {}
): InvokeJob {
  return {
    kind: 'invoke',
    bindingKey: `${fn}:${code}`,
    executionId: `execution-${++count}`,
    fn: { id: fn, name: `name of ${fn}`, frontDoor },
    version: { id: `ver_${fn}_v1`, version: 1, code },
    trigger: 'http',
    requestId: 'request-1',
    onStart() {},
    onStream: () => ({ write() {}, whenReady: tell => tell(true) }),
    onLog,
    onPrint,
    ...rest,
    event: {
      method: 'GET',
      path: `/fn/${fn}`,
      relativePath: '/',
      headers: {},
      query: {},
      body: new Uint8Array(0),
      ...rest.event
    }
  }
}

/** `return { body = … }` around an expression. */
export const returning = (expression: string): string =>
  `function handler(ctx, event)\n  return { body = ${expression} }\nend`

export interface Rig {
  readonly scheduler: Scheduler
  readonly errors: Array<{ name: string; error: unknown }>
  readonly run: (code: string, options?: Parameters<typeof toJob>[1]) => Promise<JobResult>
  /** The body of the answer, or the fault's kind and message. */
  readonly body: (code: string, options?: Parameters<typeof toJob>[1]) => Promise<string>
}

export async function startRig(
  t: Test,
  { settings = {}, modules = [logModule()], timeoutMs, program }: RigOptions = {}
): Promise<Rig> {
  const config = loadConfig({ SANDBOX_MAX: '4', EXECUTION_TIMEOUT: '60', ...settings })
  const errors: Rig['errors'] = []
  const options: SandboxFactoryOptions = {
    settings: config,
    manifest: toManifest(modules),
    modules,
    baseUrl: () => 'http://localhost:3000',
    onInternalError: (name, error) => {
      errors.push({ name, error })
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(program === undefined ? {} : { program })
  }
  const scheduler = new Scheduler(config)
  t.teardown(() => scheduler.stop(0))
  await scheduler.start(await createSandboxFactory(options))
  const run: Rig['run'] = (code, options) => scheduler.run(toJob(code, options))
  return {
    scheduler,
    errors,
    run,
    async body(code, options) {
      const { answer, fault } = await run(code, options)
      return answer === undefined
        ? `${fault?.kind}: ${fault?.message}`
        : Buffer.from(answer.body).toString('utf8')
    }
  }
}

export type Logs = Array<[LogLevel, string]>
