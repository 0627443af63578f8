/** What `email.send` takes and gives. Fields are loose: the module answers a wrong one with `nil, message` itself. */
import { Checked, LooseText } from '../../../core/lua/loose.js'
import {
  Any,
  Dict,
  Fields,
  List,
  Num,
  Optional,
  Text,
  Union,
  field
} from '../../../core/lua/types/declare.js'

const OneOrMany = Checked(Text(), List(Text()))

export const EmailOptions = Fields(
  {
    from: field(
      Optional(Checked(Text())),
      'The sender, `a@example.com` or `Name <a@example.com>`. Needed.'
    ),
    to: field(Optional(OneOrMany), 'One recipient or a list. Needed.'),
    subject: field(Optional(LooseText), 'Needed.'),
    text: field(Optional(LooseText), 'The message as plain text. This or `html` is needed.'),
    html: field(Optional(LooseText), 'The message as HTML.'),
    cc: field(Optional(OneOrMany), 'One recipient or a list.'),
    bcc: field(Optional(OneOrMany), 'One recipient or a list.'),
    reply_to: field(Optional(OneOrMany), 'Where answers go.'),
    headers: field(Optional(Union(Dict(LooseText), Any)), 'More headers of the message.'),
    tags: field(
      Optional(
        Union(
          List(
            Union(
              Fields(
                {
                  name: field(Optional(LooseText), 'Needed.'),
                  value: field(Optional(LooseText), 'What the tag says.')
                },
                'EmailTag'
              ),
              Any
            )
          ),
          Any
        )
      ),
      "Tags for the provider's statistics."
    ),
    scheduled_at: field(
      Optional(Union(Num(), Text(), Any)),
      'When to send it: Unix seconds, or a text that the provider understands.'
    )
  },
  'EmailOptions'
)

export const EmailResult = Fields(
  { id: field(Text(), "The provider's id of the message.") },
  'EmailResult'
)
