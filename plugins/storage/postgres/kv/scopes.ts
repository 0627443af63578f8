/** The row id of a scope's store, as SQL: 0 is the shared one, null: there is no such function. */
export const kvOwner = (parameter: string): string => `owner_of(${parameter}::text)`

/** What reads and writes of a store are about. */
export const tagsOf = (scope: string): readonly string[] => [`kv ${scope}`]

/** A read sees a function that was made or removed before. */
export const readTagsOf = (scope: string): readonly string[] => [`kv ${scope}`, 'functions']

/** Names a key among those of all stores. */
export const nameOf = (scope: string, key: Uint8Array): string =>
  `${scope} ${Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')}`
