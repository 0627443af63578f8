/** When jobs of a function are tried again: a card among its settings. */
import { component, part } from '../../alpine.js'
import type { LuaFunction, RetryPolicy } from '../../api/types.js'
import { format } from '../../format/values.js'
import { t, type TextKey } from '../../i18n/locale.js'
import { createFormCard, createFormCardState, firstNamed } from '../access/form-card.js'
import { current } from '../function.js'
import type { Value } from '../function/merge.js'
import { retryNames, toDelays, toRetry, toRetryForm, type RetryForm } from './retry-form.js'

/** No more delays than these are named. */
const MAX_DELAYS = 8

const createState = () => ({
  ...createFormCardState(),
  names: retryNames,
  form: toRetryForm(current.fn.retry)
})
type State = ReturnType<typeof createState>

const read = ({ retry }: LuaFunction) => ({ retry: JSON.stringify(toRetry(toRetryForm(retry))) })

function readForm(text: Value): RetryForm {
  const retry = JSON.parse(String(text)) as Partial<RetryPolicy>
  return toRetryForm(retry.max_attempts === undefined ? undefined : (retry as RetryPolicy))
}

const describe = (value: Value): string => {
  const { isOwn, numbers } = readForm(value)
  return isOwn
    ? retryNames.map(name => `${t(`retry.${name}` as TextKey)}: ${numbers[name]}`).join('\n')
    : t('retry.standard')
}

const createDelays = () =>
  part<State>()({
    delaysText(): string {
      const delays = toDelays(this.form, MAX_DELAYS)
      if (delays.length === 0) return t('retry.once')
      const shown = delays.map(seconds => format.duration(seconds * 1000))
      return t('retry.delays', { delays: format.list(shown) })
    }
  })

component('retry', () => ({
  ...createState(),
  ...createFormCard<State>(state => ({
    title: 'retry.title',
    read,
    mine: () => ({ retry: JSON.stringify(toRetry(state.form)) }),
    show: fields => {
      state.form = readForm(fields['retry'])
    },
    toChange: () => ({ retry: toRetry(state.form) }),
    label: () => t('retry.title'),
    describe: (_name, value) => describe(value),
    findField: said => firstNamed(said, retryNames)
  })),
  ...createDelays()
}))
