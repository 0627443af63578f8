/** How often a function may be called and how much it may use, each limit beside its use. */
import { component, part } from '../../alpine.js'
import type { LuaFunction, RateLimit, Usage } from '../../api/types.js'
import { format } from '../../format/values.js'
import { t, tn, type TextKey } from '../../i18n/locale.js'
import { current } from '../function.js'
import type { Fields, Value } from '../function/merge.js'
import { usage } from '../function/usage.js'
import { createFormCard, createFormCardState, firstNamed } from './form-card.js'
import {
  counts,
  limitNames,
  sizes,
  subjects,
  toLimitsForm,
  toNumber,
  toNumbers,
  toRateLimit,
  type LimitName,
  type LimitsForm
} from './limits-form.js'

const createState = () => ({
  ...createFormCardState(),
  counts,
  sizes,
  subjects,
  form: toLimitsForm(current.fn)
})
type State = ReturnType<typeof createState>

const toFields = (form: LimitsForm): Fields => ({
  rate_limit: JSON.stringify(toRateLimit(form)),
  ...Object.fromEntries(limitNames.map(name => [name, toNumber(name, form.numbers[name]) ?? -1]))
})

const read = (fn: LuaFunction): Fields => toFields(toLimitsForm(fn))

const toForm = ({ rate_limit: rate, ...numbers }: Fields): LimitsForm => {
  const limit = JSON.parse(String(rate)) as Partial<RateLimit>
  return {
    requests: String(limit.requests ?? ''),
    seconds: String(limit.seconds ?? 60),
    by: limit.by ?? 'ip',
    numbers: toNumbers(numbers as Partial<Record<LimitName, number>>)
  }
}

const describeRate = ({ requests, seconds, by }: LimitsForm): string =>
  requests === ''
    ? t('limits.unset')
    : t('limits.rateText', { requests, seconds, by: t(`limits.by_${by}` as TextKey) })

function describe(name: string, value: Value): string {
  if (name === 'rate_limit') return describeRate(toForm({ rate_limit: value }))
  return toNumbers({ [name]: Number(value) })[name as LimitName] || t('limits.unset')
}

const createForm = () =>
  createFormCard<State>(state => ({
    title: 'limits.title',
    read,
    mine: () => toFields(state.form),
    show: fields => {
      state.form = toForm(fields)
    },
    toChange: ({ rate_limit: rate, ...numbers }) => ({
      ...(rate === undefined ? {} : { rate_limit: toRateLimit(state.form) }),
      ...numbers
    }),
    label: name => t(`limits.${name}` as TextKey),
    describe,
    findField: said => firstNamed(said, ['requests', 'seconds', ...limitNames]),
    findProblems: () =>
      Object.fromEntries(
        limitNames
          .filter(name => toNumber(name, state.form.numbers[name]) === undefined)
          .map(name => [name, t('limits.noSize')])
      ),
    onSaved: () => usage.load(current.fn.id)
  }))

/** What is used of the rate limit, and until when that counts. */
function rateUse({ rate_limit: rate }: Usage): string[] {
  if (rate === undefined) return []
  const { used, limit, by, callers, reset_seconds: reset } = rate
  const values = { used: format.number(used), limit: format.number(limit) }
  return [
    by === 'function' ? t('limits.rateUsed', values) : tn('limits.rateUsedOf', callers, values),
    ...(reset === undefined
      ? []
      : [t('limits.rateResets', { time: format.duration(reset * 1000) })])
  ]
}

const createUse = () =>
  part<State>()({
    /** What is used of a limit, or what it is for where nothing counts its use. */
    useOf(name: LimitName | 'rate_limit'): string {
      const { value } = usage
      if (value === undefined) return ''
      const refused = (reason: string): string => tn('limits.refused', value.refused[reason] ?? 0)
      if (name === 'kv_bytes' || name === 'history_bytes') {
        const { used, limit } = value[name]
        return t('limits.used', { used: format.bytes(used), limit: format.bytes(limit) })
      }
      if (name === 'max_concurrency') {
        return `${tn('limits.running', value.running.used)} · ${refused('concurrency')}`
      }
      if (name === 'rate_limit') return [...rateUse(value), refused('rate_limit')].join(' · ')
      return name === 'body_limit' ? refused('body_limit') : t(`limits.about_${name}`)
    },
    summary() {
      const { fn } = current
      const set = limitNames.filter(name => fn[name] !== undefined).length
      const count = set + (fn.rate_limit === undefined ? 0 : 1)
      return count === 0 ? t('limits.none') : tn('limits.count', count)
    }
  })

component('limits', () => {
  const form = createForm()
  return {
    ...createState(),
    ...form,
    ...createUse(),

    init() {
      form.init.call(this)
      usage.load(current.fn.id)
    }
  }
})

component('refusals', () => ({
  /** Calls that were refused since the start of the server, by reason. */
  list() {
    return Object.entries(usage.value?.refused ?? {}).map(([reason, count]) => ({
      reason,
      count,
      label: t(`refused.${reason}` as TextKey)
    }))
  }
}))
