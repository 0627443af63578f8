/**
 * What every kind of Lua type has. All that is known of a kind stands side by side in its own file (text.ts, list.ts,
 * …): its declaration, the check of an argument in the sandbox, the conversions in the server, and how it is printed.
 *
 * To add a kind: write its file, and add its line to the list in kinds.ts. The file adds its type to `LuaTypes`, and
 * the JavaScript value that stands for it to `Values` or `ValuesOf`. A test checks that every kind has all parts.
 */
import type { Given, TypeMismatch } from './mismatch.js'

/** The declared type of each kind, by its name. */
export interface LuaTypes {}

/**
 * A type of a Lua API. Plain data, so that one description serves the argument check in the sandbox, the conversion
 * in the server, the editor's completion and the printed reference.
 */
export type LuaType = LuaTypes[keyof LuaTypes]

/** One field of a record: its type and a sentence about it. */
export interface LuaField {
  readonly type: LuaType
  readonly doc: string
}

/** The JavaScript value that stands in a host function for a Lua value, for kinds that have only one type of value. */
export interface Values {}
/** The same for kinds where it follows from the types in `T`. */
// eslint-disable-next-line @typescript-eslint/no-unused-vars -- used where kinds add to it
export interface ValuesOf<T> {}

/** The JavaScript value that stands for a Lua value of type `T` in a host function. */
export type Static<T> = LuaType extends T
  ? unknown
  : T extends { kind: infer K }
    ? K extends keyof Values
      ? Values[K]
      : K extends keyof ValuesOf<T>
        ? ValuesOf<T>[K]
        : unknown
    : unknown

/** What a host function may return for `T`: for a table of texts also a Map, whose keys may be bytes. */
export type Result<T> =
  | Static<T>
  | (T extends { kind: 'map'; of: infer E } ? ReadonlyMap<string | Uint8Array, Static<E>> : never)

/** How a kind is declared and printed. */
export interface Declaration<T extends LuaType> {
  /** Whether a value of this kind, from a plugin, is declared as it must be. */
  isComplete(type: object, isType: (inner: unknown) => boolean): boolean
  /** As LuaLS annotations have it. */
  print(type: T, inner: (type: LuaType) => string): string
  /** The same for a parameter, where that takes more than the type says. */
  printParameter?(type: T): string
  /** Bounds that an argument is held to, such as "at most 5 bytes". */
  limits?(type: T): string | undefined
  /** The types that it is made of. */
  parts(type: T): readonly LuaType[]
  /** The type without prose, as the sandbox gets it. */
  withoutDocs(type: T, inner: (type: LuaType) => LuaType): LuaType
}

/** Gives the value to pass on, or a TypeMismatch. */
export type Check = (value: Given) => unknown

export interface CheckContext {
  /**
   * With it, tables come out as lists and Maps, and texts as they travel. Without it (local functions), tables stay
   * handles.
   */
  readonly wire: boolean
  readonly compile: (inner: LuaType) => Check
  /** The mismatch that says which Lua type was expected, and which was given. */
  readonly expected: (value: Given) => TypeMismatch
}

/** The sandbox's part: nothing crosses the channel with arguments of another type than declared. */
export interface ArgumentCheck<T extends LuaType> {
  /** The types of Lua that it takes, as messages name them. */
  luaTypes(type: T, inner: (type: LuaType) => readonly string[]): readonly string[]
  compile(type: T, context: CheckContext): Check
}

/** Stands for "does not fit". */
export const unfit = Symbol('unfit')

/** An argument out of a frame as a JavaScript value, or `unfit`. */
export type Decode = (value: unknown) => unknown
/** What a host function returned as it travels; throws a WrongResult for a value of another type. */
export type Encode = (value: unknown) => unknown

/**
 * The server's part. The child has checked arguments already, but it is not trusted: what does not fit here is a
 * breach of the protocol.
 */
export interface WireCodec<T extends LuaType> {
  decode(type: T, inner: (type: LuaType) => Decode): Decode
  encode(type: T, inner: (type: LuaType) => Encode): Encode
}
