/** The same areas and keys as another set of texts, so that the compiler finds what is not translated. */
export type Translated<T> = { readonly [A in keyof T]: { readonly [K in keyof T[A]]: string } }
