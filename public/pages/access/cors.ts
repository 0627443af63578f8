/** What pages of other origins may do with a function. */
import { component } from '../../alpine.js'
import type { Cors, LuaFunction } from '../../api/types.js'
import { t, type TextKey } from '../../i18n/locale.js'
import { current } from '../function.js'
import type { Value } from '../function/merge.js'
import { corsKinds, toCors, toCorsForm } from './cors-form.js'
import { createFormCard, createFormCardState, firstNamed } from './form-card.js'

const createState = () => ({
  ...createFormCardState(),
  kinds: corsKinds,
  form: toCorsForm(current.fn.cors)
})
type State = ReturnType<typeof createState>

const read = ({ cors }: LuaFunction) => ({ cors: JSON.stringify(toCors(toCorsForm(cors))) })

function readForm(text: Value) {
  const cors = JSON.parse(String(text)) as Cors
  return toCorsForm(cors === 'function' || 'origins' in cors ? cors : undefined)
}

function describe(text: Value): string {
  const { kind, origins } = readForm(text)
  return kind === 'list' ? origins : t(`cors.kind_${kind}` as TextKey)
}

component('cors', () => ({
  ...createState(),
  ...createFormCard<State>(state => ({
    title: 'cors.title',
    read,
    mine: () => ({ cors: JSON.stringify(toCors(state.form)) }),
    show: fields => {
      const theirs = readForm(fields['cors'])
      // What was typed for another choice stays, should one come back to it.
      state.form = theirs.kind === 'list' ? theirs : { ...state.form, kind: theirs.kind }
    },
    toChange: () => ({ cors: toCors(state.form) }),
    label: () => t('cors.title'),
    describe: (_name, value) => describe(value),
    findField: said => firstNamed(said, ['origins', 'headers', 'credentials', 'max_age'])
  })),

  summary() {
    const { cors } = current.fn
    const { kind, origins } = toCorsForm(cors)
    return kind === 'list' ? origins.replaceAll('\n', ', ') : t(`cors.kind_${kind}` as TextKey)
  }
}))
