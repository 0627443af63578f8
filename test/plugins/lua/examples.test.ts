import t from 'tap'
import { toText } from '../../../core/base/binary.js'
import type { LuaFunctionDeclaration } from '../../../core/lua/module.js'
import {
  Fields,
  field,
  Func,
  Int,
  List,
  Nil,
  Optional,
  Text
} from '../../../core/lua/types/declare.js'
import { API_KEY, build } from '../../helpers/build.js'
import { fits, watchedExamples, type Described, type Watched } from './support/watched-example.js'

const Answer = Fields({
  statusCode: field(Optional(Int()), ''),
  body: field(Optional({ kind: 'union', of: [Text(), { kind: 'number' }, Func([])] }), ''),
  headers: field(
    Optional({
      kind: 'map',
      of: { kind: 'union', of: [Text(), { kind: 'number' }, List(Text())] }
    }),
    ''
  ),
  isBase64Encoded: field(Optional({ kind: 'boolean' }), '')
})

/** What the run of an example shows against its declaration. */
function problems({ calls, answer, error }: Watched, declared: LuaFunctionDeclaration): string[] {
  if (error !== undefined) return [`the example raises ${error}`]
  const found: string[] = []
  const isValue = declared.place === 'local' && declared.isValue === true
  if (calls.length === 0 && !isValue) found.push('the example does not call it')
  for (const results of calls) {
    const [first = { t: 'nil' }, second = { t: 'nil' }] = results as readonly [
      Described?,
      Described?
    ]
    const failed = first.t === 'nil' && second.t === 'string'
    if (results.length > 2 || (!failed && second.t !== 'nil')) {
      found.push(`returns ${results.length} values`)
    } else if (failed && (declared.fails !== true || declared.place === 'local')) {
      found.push('fails in its example')
    } else if (!failed && !fits(first, declared.returns)) {
      found.push(`returns ${JSON.stringify(first)}, which is not as declared`)
    }
  }
  if (answer.length > 1 || !fits(answer[0] ?? { t: 'nil' }, Optional(Answer))) {
    found.push(`the example returns ${JSON.stringify(answer)}, which is no answer`)
  }
  return found
}

/** The result that an example writes in a comment beside its end, if it does. */
const shownResult = (example: string): string | undefined =>
  /^ *(?:return|body =) .*? {2}-- (?!\.\.\.)(.+)$/m.exec(example)?.[1]

t.test('every example of every Lua API runs and returns what its declaration says', async t => {
  const app = await build(t)
  const headers = { authorization: `Bearer ${API_KEY}` }
  await app.ready()
  for (const module of app.lua.modules()) {
    const { id } = (
      await app.inject({
        method: 'POST',
        url: '/api/functions',
        headers,
        payload: { name: module.name, code: 'function handler() return {} end' }
      })
    ).json()
    const functions = Object.entries(module.functions)
    const code = watchedExamples(
      module.name,
      functions.map(([name, { example }]) => [name, example])
    )
    const run = (
      await app.inject({
        method: 'POST',
        url: `/api/functions/${id}/draft`,
        headers,
        payload: { code, event: { method: 'GET', path: '/', body: 'a body' } }
      })
    ).json()
    t.equal(run.error?.text, undefined, `${module.name} runs`)
    const watched = JSON.parse(run.body) as Watched[]
    t.same(
      watched.map(({ name }) => name),
      functions.map(([name]) => name)
    )
    for (const [index, [name, declared]] of functions.entries()) {
      t.same(problems(watched[index]!, declared), [], `${module.name}.${name}`)
      const result = shownResult(declared.example)
      if (result !== undefined) {
        t.equal(
          toText(watched[index]!.body ?? ''),
          result,
          `${module.name}.${name}: the result beside its example`
        )
      }
    }
  }
})

t.test('a function that breaks its declaration is found out', async t => {
  const declared: LuaFunctionDeclaration = {
    place: 'local',
    doc: '',
    params: [],
    returns: Text(),
    example: ''
  }
  const answer: Described[] = [{ t: 'table', entries: [] }]
  t.same(problems({ name: 'f', calls: [[{ t: 'string' }]], answer }, declared), [])
  t.same(problems({ name: 'f', calls: [], answer }, declared), ['the example does not call it'])
  t.same(problems({ name: 'f', calls: [[{ t: 'number', whole: true }]], answer }, declared), [
    'returns {"t":"number","whole":true}, which is not as declared'
  ])
  t.same(
    problems(
      { name: 'f', calls: [[{ t: 'nil' }, { t: 'string' }]], answer },
      { ...declared, fails: true }
    ),
    ['fails in its example']
  )
  t.same(
    problems(
      { name: 'f', calls: [[{ t: 'number', whole: false }]], answer },
      { ...declared, returns: Int() }
    ).length,
    1
  )
  t.same(problems({ name: 'f', calls: [[]], answer }, { ...declared, returns: Nil }), [])
  t.same(problems({ name: 'f', calls: [[{ t: 'string' }]], answer: [{ t: 'string' }] }, declared), [
    'the example returns [{"t":"string"}], which is no answer'
  ])
  t.same(
    problems(
      {
        name: 'f',
        calls: [[{ t: 'string' }]],
        answer: [
          {
            t: 'table',
            entries: [{ k: { t: 'string' }, name: 'status', v: { t: 'number', whole: true } }]
          }
        ]
      },
      declared
    ).length,
    1
  )
})
