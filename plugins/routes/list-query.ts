/** What lists of named things, functions and shared modules, may be asked for beside a page. */
import { Type } from 'typebox'

/** `what` is the plural, in words. */
export const searchQuery = (what: string) => ({
  search: Type.Optional(
    Type.String({
      maxLength: 200,
      description: `Only ${what} with this text, in any case, in name or description.`
    })
  )
})

export const searchErrorText = 'search: search cannot be longer than 200 characters'

/** `ordering` says what `order` means. */
export const orderQuery = (ordering: string) => ({
  sort: Type.Optional(
    Type.Enum(['name', 'created_at', 'updated_at'], { description: 'What the list is ordered by.' })
  ),
  order: Type.Optional(Type.Enum(['asc', 'desc'], { description: ordering }))
})
