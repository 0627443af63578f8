import t from 'tap'
import {
  toAccess,
  toAccessForm,
  type AccessForm
} from '../../../../public/pages/access/access-form.js'
import { secretVariable, toCommand } from '../../../../public/pages/access/commands.js'
import { API_KEY, build } from '../../../helpers/build.js'
import { runShown } from '../../../helpers/run-shown.js'

const echo = `function handler(ctx, event)
  return { statusCode = 200, body = ctx.caller.kind .. " " .. event.body }
end`
const plain = 's3cret with "quotes" and $dollar'
const standard = `whsec_${Buffer.from('a secret of some length').toString('base64')}`
const generic = { preset: 'generic', header: 'X-Sig' } as const

const signatures: ReadonlyArray<
  readonly [what: string, form: Partial<AccessForm>, secret: string]
> = [
  ['GitHub', { preset: 'github' }, plain],
  ['Stripe', { preset: 'stripe' }, plain],
  ['Slack', { preset: 'slack' }, plain],
  ['Standard Webhooks', { preset: 'standard-webhooks' }, standard],
  ['SHA-1 in hex', { ...generic, algorithm: 'sha1' }, plain],
  ['SHA-256 in base64', { ...generic, encoding: 'base64' }, plain],
  ['SHA-512 behind a prefix', { ...generic, algorithm: 'sha512', prefix: `it's="$x"` }, plain]
]

t.test('the commands of all kinds of access pass as they are shown', async t => {
  const app = await build(t)
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const api = async (method: string, path: string, body: object) => {
    const response = await fetch(`${base}/api/functions${path}`, {
      method,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body)
    })
    t.ok(response.ok, `${path}: ${response.status}`)
    return JSON.parse((await response.text()) || '{}') as { id: string; key: string }
  }
  const { id } = await api('POST', '', { name: 'Echo', code: echo })
  const address = `${base}/fn/${id}`

  t.equal((await runShown(toCommand(address, toAccessForm(undefined), ''))).body, 'anyone ')

  const keyed = toAccessForm({ mode: 'key' })
  await api('PUT', `/${id}`, { access: toAccess(keyed) })
  const { key } = await api('POST', `/${id}/keys`, { name: 'shop' })
  t.equal((await runShown(toCommand(address, keyed, key))).body, 'key ')
  t.equal((await runShown(toCommand(address, keyed, ''))).status, 401, 'without a key')

  for (const [what, form, secret] of signatures) {
    const signed = { ...toAccessForm(undefined), mode: 'signature', secret: 'HOOK', ...form }
    await api('PUT', `/${id}`, { access: toAccess(signed) })
    await api('PUT', `/${id}/env`, { env_vars: { HOOK: secret } })
    const command = toCommand(address, signed, '')
    t.equal((await runShown(command, { HOOK: secret })).body, 'signature {"hello":"world"}', what)
    t.equal((await runShown(command, { HOOK: 'd3Jvbmc=' })).status, 401, `${what}, wrong secret`)
  }
})

t.test(
  'a secret has the variable of its name, unless the shell or the command has another use for it',
  async t => {
    t.equal(secretVariable('WEBHOOK_SECRET'), 'WEBHOOK_SECRET')
    for (const name of ['1st', 'body', '']) t.equal(secretVariable(name), 'SECRET', name)
  }
)
