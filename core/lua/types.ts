/**
 * The types a Lua API is declared with. Plain data, so that one description serves the argument check in
 * the sandbox, the conversion in the server, the editor's completion and the printed reference.
 *
 * A Lua string is bytes. `Text` promises the host function a decoded string (invalid UTF-8 becomes U+FFFD),
 * `Bytes` promises it the bytes themselves.
 */
export type LuaType =
  | { readonly kind: 'text'; readonly max?: number; readonly oneOf?: readonly string[] }
  | { readonly kind: 'bytes'; readonly max?: number }
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'integer'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'nil' }
  | { readonly kind: 'any' }
  | { readonly kind: 'list'; readonly of: LuaType }
  | { readonly kind: 'map'; readonly of: LuaType }
  | {
      readonly kind: 'record'
      readonly name?: string
      readonly fields: { readonly [name: string]: LuaField }
    }
  | { readonly kind: 'union'; readonly of: readonly LuaType[] }
  | { readonly kind: 'optional'; readonly of: LuaType }

/** One field of a record: its type and a sentence about it. */
export interface LuaField {
  readonly type: LuaType
  readonly doc: string
}

type Kind<K extends LuaType['kind']> = Extract<LuaType, { kind: K }>
interface TextLimits {
  max?: number
  oneOf?: readonly string[]
}
interface Range {
  min?: number
  max?: number
}

/** Text; numbers are accepted and converted as `tostring` does. `max` counts bytes. */
export const Text = (limits: TextLimits = {}): Kind<'text'> => ({ kind: 'text', ...limits })
/** Any bytes; numbers are accepted and converted as `tostring` does. `max` counts bytes. */
export const Bytes = (limits: { max?: number } = {}): Kind<'bytes'> => ({
  kind: 'bytes',
  ...limits
})
/** A number; numeric text is refused. */
export const Num = (range: Range = {}): Kind<'number'> => ({ kind: 'number', ...range })
/** A number whose fraction, if it has one, is cut. */
export const Int = (range: Range = {}): Kind<'integer'> => ({ kind: 'integer', ...range })
/** True or false. */
export const Bool = { kind: 'boolean' } as const
/** Nothing, for functions that return none. */
export const Nil = { kind: 'nil' } as const
/** Whatever Lua can hold; tables are converted deeply. */
export const Any = { kind: 'any' } as const
/** A table from 1 to n, each element of one type. */
export const List = <T extends LuaType>(of: T) => ({ kind: 'list', of }) as const
/** A table from text to `of`. */
export const Dict = <T extends LuaType>(of: T) => ({ kind: 'map', of }) as const
/** A value of one of several types; the first that fits decides. */
export const Union = <const T extends readonly LuaType[]>(...of: T) =>
  ({ kind: 'union', of }) as const
/** A value or nil. As a parameter it may be left out. */
export const Optional = <T extends LuaType>(of: T) => ({ kind: 'optional', of }) as const
/** A table with named fields; others in it are left out. A name makes it a class in the documentation. */
export const Fields = <const F extends { readonly [name: string]: LuaField }>(
  fields: F,
  name?: string
) => ({ kind: 'record', fields, ...(name === undefined ? {} : { name }) }) as const
/** Declares a field: its type and a sentence about it. */
export const field = <const T extends LuaType>(type: T, doc: string) => ({ type, doc }) as const

/** What a host function may return for `T`: for a table of texts also a Map, whose keys may be bytes. */
export type Result<T> =
  | Static<T>
  | (T extends { kind: 'map'; of: infer E } ? ReadonlyMap<string | Uint8Array, Static<E>> : never)

/** The JavaScript value that stands for a Lua value of type `T` in a host function. */
export type Static<T> = LuaType extends T
  ? unknown
  : T extends { kind: 'text' }
    ? string
    : T extends { kind: 'bytes' }
      ? Uint8Array
      : T extends { kind: 'number' | 'integer' }
        ? number
        : T extends { kind: 'boolean' }
          ? boolean
          : T extends { kind: 'nil' }
            ? undefined
            : T extends { kind: 'list'; of: infer E }
              ? Array<Static<E>>
              : T extends { kind: 'map'; of: infer E }
                ? { [name: string]: Static<E> }
                : T extends { kind: 'record'; fields: infer F }
                  ? { [K in keyof F]: F[K] extends { type: infer E } ? Static<E> : never }
                  : T extends { kind: 'union'; of: readonly (infer E)[] }
                    ? Static<E>
                    : T extends { kind: 'optional'; of: infer E }
                      ? Static<E> | undefined
                      : unknown
