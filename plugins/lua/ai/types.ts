/** What `ai.chat` takes and gives. Fields are loose: the module answers a wrong one with `nil, message` itself. */
import { Checked, LooseNumber, LooseText } from '../../../core/lua/loose.js'
import {
  Any,
  Fields,
  Int,
  List,
  Optional,
  Text,
  Union,
  field
} from '../../../core/lua/types/declare.js'

const Message = Fields(
  {
    role: field(Optional(LooseText), '`system`, `user` or `assistant`.'),
    content: field(Optional(LooseText), 'What was said.')
  },
  'AiMessage'
)

export const ChatOptions = Fields(
  {
    provider: field(Optional(LooseText), '`openai` or `anthropic`. Needed.'),
    model: field(Optional(Checked(Text())), "The model's name at the provider. Needed."),
    messages: field(
      Optional(Union(List(Union(Message, Any)), Any)),
      'The conversation so far. Needed; entries without role and content are left out.'
    ),
    max_tokens: field(Optional(LooseNumber), 'Longest answer in tokens; 1024 if left out.'),
    temperature: field(Optional(LooseNumber), 'Sent if greater than 0.'),
    endpoint: field(
      Optional(Checked(Text())),
      "Another base address than the provider's own, such as `http://localhost:11434/v1`."
    )
  },
  'AiChatOptions'
)

export const ChatResult = Fields(
  {
    content: field(Text(), 'The answer.'),
    model: field(Text(), 'The model that answered, as the provider reports it.'),
    usage: field(
      Fields(
        {
          input_tokens: field(Int(), 'Tokens of the messages.'),
          output_tokens: field(Int(), 'Tokens of the answer.')
        },
        'AiUsage'
      ),
      'What it cost.'
    )
  },
  'AiChatResult'
)
