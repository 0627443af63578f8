/** Jobs as frames. Texts of an event are binary strings already; those of ours become UTF-8. */
import { fromText, isAscii } from '../../core/base/binary.js'
import { moduleFile } from '../../core/base/module-file.js'
import type { AdmittedCaller } from '../../core/contracts/front-door.js'
import type { ModuleSource } from '../../core/contracts/module-set.js'
import { toDetailTexts } from './details-to-child.js'
import type { BindJob, CheckJob, InvokeJob } from '../job.js'
import {
  ToChild,
  type BindFrame,
  type CheckFrame,
  type ModuleFrame,
  type RunFrame,
  type WireText
} from '../protocol/frames.js'
import { luaBytes } from './lua-memory.js'

/** Names of chunks in Lua's messages. */
const CHUNK_NAME = 'function'

/** What binds a process to the job's version: its modules, then its code. */
export const toBindFrames = (
  { fn, version }: BindJob,
  baseUrl: string
): ReadonlyArray<ModuleFrame | BindFrame> => [
  ...(version.modules?.sources ?? []).map(toModuleFrame),
  [ToChild.bind, text(version.code), CHUNK_NAME, fn.id, String(version.version), baseUrl]
]

const toModuleFrame = ({ name, code }: ModuleSource): ModuleFrame => [
  ToChild.module,
  name,
  text(code),
  moduleFile(name)
]

/** Characters of all code that a process of the job's version has. */
export const codeLength = ({ version: { code, modules } }: BindJob): number =>
  (modules?.sources ?? []).reduce((sum, source) => sum + source.code.length, code.length)

export const toCheckFrame = ({ executionId, code }: CheckJob): CheckFrame => [
  ToChild.check,
  executionId,
  text(code),
  CHUNK_NAME
]

export function toRunFrame(job: InvokeJob): RunFrame {
  const { executionId, requestId, fn, event, trigger, attempt } = job
  const caller = callerOf(job)
  const ownMemory = fn.frontDoor?.memory_mb
  return [
    ToChild.run,
    [
      executionId,
      Math.floor(Date.now() / 1000),
      fromText(requestId),
      fromText(fn.name),
      event.method,
      event.path,
      event.relativePath,
      fromText(trigger),
      caller?.kind ?? '',
      caller?.name === undefined ? '' : fromText(caller.name),
      ownMemory === undefined ? 0 : luaBytes(ownMemory),
      attempt === undefined ? '' : `${attempt.attempt} ${attempt.id}`,
      Object.keys(event.headers),
      Object.values(event.headers),
      Object.keys(event.query),
      Object.values(event.query),
      toDetailTexts(event)
    ],
    event.body
  ]
}

const anyone: AdmittedCaller = { kind: 'anyone' }

/** Schedules and triggers of plugins have none; who runs a draft is as good as anybody. */
function callerOf({ trigger, caller }: InvokeJob): AdmittedCaller | undefined {
  if (caller?.identity !== undefined) return caller.identity
  return trigger === 'http' || trigger === 'draft' || trigger === 'rerun' ? anyone : undefined
}

/** A text of the server, Unicode. */
const text = (value: string): WireText => (isAscii(value) ? value : Buffer.from(value, 'utf8'))
