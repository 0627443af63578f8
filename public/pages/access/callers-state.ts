/** What the form about callers and the list of keys show. */
import type { AccessKey } from '../../api/types.js'
import { loading } from '../../shell/loading.js'
import { current } from '../function.js'
import { algorithms, encodings, modes, presets, toAccessForm } from './access-form.js'
import { createFormCardState } from './form-card.js'

export interface NewKey {
  name: string
  /** Days until it expires; 'never', or 'date' for the day below. */
  expiry: string
  date: string
  error: string
  /** The field that the error is about. */
  wrong: 'name' | 'date'
}
export const noNewKey = (): NewKey => ({
  name: '',
  expiry: 'never',
  date: '',
  error: '',
  wrong: 'name'
})

export const createCallersState = () => ({
  ...createFormCardState(),
  ...loading(),
  modes,
  presets,
  algorithms,
  encodings,
  form: toAccessForm(current.fn.access),
  keys: [] as AccessKey[],
  newKey: noNewKey(),
  /** The key that was just made; it is in the page until that is left. */
  made: '',
  madeId: ''
})
export type CallersState = ReturnType<typeof createCallersState>
