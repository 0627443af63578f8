/** What the pages of key-value data show. */
import type { KvEntry } from '../../api/types.js'
import { createRequestGuard, loading } from '../../shell/loading.js'
import { readAddress } from '../../shell/router.js'
import { valueViews, type ValueView } from './value.js'

/** What somebody else stored meanwhile; `how` is '' when nobody did. */
export const noClash = {
  how: '' as '' | 'changed' | 'taken' | 'gone',
  text: '',
  view: 'text' as ValueView,
  expires: 0
}

/** An entry in the dialog. */
export const noEntry = {
  fresh: true,
  encoded: '',
  key: '',
  text: '',
  view: 'text' as ValueView,
  binary: false,
  ttl: '',
  expires: 0,
  error: '',
  tag: '',
  /** What was sent and may be stored: found there, it is nobody else's. */
  sent: undefined as Uint8Array | undefined,
  clash: noClash
}

export type KvState = ReturnType<typeof createKvState>

export const createKvState = () => ({
  ...loading(),
  busy: false,
  scope: 'function',
  /** Undefined: the store that all functions share. */
  functionId: undefined as string | undefined,
  views: valueViews,
  prefix: readAddress('prefix').prefix,
  entries: [] as KvEntry[],
  next: '',
  open: noEntry,
  /** A value that arrives after another one was asked for is not shown. */
  dialogRequests: createRequestGuard()
})
