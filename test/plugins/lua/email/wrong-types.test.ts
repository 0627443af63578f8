import t from 'tap'
import { buildApi } from '../../../helpers/api.js'

t.test(
  'Lua hears of a field of a wrong type, also of a number where an address must be',
  async t => {
    const { create, callOpen } = await buildApi(t)
    const answerTo = async (call: string) => {
      const id = await create({
        code: `function handler() local result, err = ${call} return { body = tostring(result) .. " " .. tostring(err) } end`
      })
      return (await callOpen('GET', `/fn/${id}`)).text
    }
    const rest = 'subject = "s", text = "t"'
    t.equal(
      await answerTo(`email.send({ from = "a@x", to = 5, ${rest} })`),
      'nil to must be a string or table of strings'
    )
    t.equal(
      await answerTo(`email.send({ from = "a@x", to = { "b@x", 5 }, ${rest} })`),
      'nil to must be a string or table of strings'
    )
    t.equal(
      await answerTo(`email.send({ from = 5, to = "b@x", ${rest} })`),
      'nil from must be a string'
    )
    t.equal(
      await answerTo(`email.send({ from = "a@x", to = "b@x", bcc = 5, ${rest} })`),
      'nil bcc must be a string or table of strings'
    )
    t.equal(
      await answerTo(`email.send({ from = "a@x", to = "b@x", headers = {}, ${rest} })`),
      'nil RESEND_API_KEY not set in function environment'
    )
    const chat = 'provider = "openai", messages = { { role = "user", content = 42 } }'
    t.equal(await answerTo(`ai.chat({ model = 5, ${chat} })`), 'nil model must be a string')
    t.equal(
      await answerTo(`ai.chat({ model = "m", max_tokens = "9", ${chat} })`),
      'nil max_tokens must be a number'
    )
    t.equal(
      await answerTo(`ai.chat({ model = "m", endpoint = 5, ${chat} })`),
      'nil endpoint must be a string'
    )
    t.equal(
      await answerTo(`ai.chat({ model = "m", ${chat} })`),
      'nil OPENAI_API_KEY not set in function environment'
    )
  }
)
