/**
 * `moonlet/plugin`: the one public import of plugins. Its stability is that of the version: within one major version
 * (while that is 0, within one minor version) names are added, never changed or removed. A plugin says which versions
 * it was made for, and the start checks it.
 */
// What a plugin finds on its server, for its author's editor.
import './contracts/server.js'

export { definePlugin } from './third-party/define-plugin.js'
export { settingKinds as setting, SettingProblem } from '../config/setting.js'
export { host, local, luaModule, param } from './lua/module.js'
export {
  Any,
  Bool,
  Bytes,
  Dict,
  Fields,
  Int,
  List,
  Nil,
  Num,
  Optional,
  Text,
  Union,
  field
} from './lua/types/declare.js'
export { LuaFailure, LuaMisuse } from './lua/errors.js'
export {
  Checked,
  LooseNumber,
  LooseText,
  isAbsent,
  isText,
  looseField,
  looseList,
  looseNumber,
  looseText
} from './lua/loose.js'
export { fromBytes, fromText, isAscii, toBytes, toText } from './base/binary.js'
export { escapeByte, unescapeQuery } from './base/percent-escapes.js'
export { recorded, replyToRecordJson, toRecordJson, withoutKey } from './lua/request-record.js'
export { maskLogMessage, maskUrl } from './masking/event.js'
export { Refusal } from './invoker/hooks.js'
export { MoonletError } from './base/errors.js'

export type {
  PageTitles,
  PluginDatabase,
  PluginDeclaration,
  PluginEvent,
  PluginPage,
  PluginServer,
  PluginTools,
  SettingValues,
  SqlRow,
  SqlValue
} from './contracts/plugin.js'
export type { DeclaredPlugin, PluginOptions } from './third-party/define-plugin.js'
export type { Setting } from '../config/setting.js'
export type { HostCall, HostFunction, LocalFunction, LuaModule, Param } from './lua/module.js'
export type { LuaField, LuaType, Static } from './lua/types/declare.js'
export type { Answer, InvocationEvent, InvocationRequest, Outcome } from './contracts/invocation.js'
export type {
  AiRequestRecord,
  EmailRequestRecord,
  FunctionRecord,
  HttpRequestRecord,
  LogLevel,
  VersionRecord
} from './contracts/records.js'
export type { MaybePromise } from './base/maybe-promise.js'
export type { KvStore, ExecutionKv } from './contracts/kv.js'
export type { Storage } from './contracts/storage.js'
export type { RequestFields } from './lua/request-record.js'
export type { OutgoingHttp, OutgoingRequest, OutgoingResponse } from './contracts/outgoing-http.js'
