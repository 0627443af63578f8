/** What stands around the guide. */
export const guideTexts = {
  guide: {
    intro: 'From the first function to running the server, with every Lua API.',
    language: 'The text of the guide is in English.',
    chapters: 'Chapters',
    search: 'Search the guide',
    found_one: '{count} place',
    found_other: '{count} places',
    nothing: 'Nothing in the guide has all of these words.',
    next: 'Next:',
    reference: 'Lua reference',
    plain: 'The reference as plain text',
    definitions: 'Definitions for your editor',
    missing: 'The guide has no such chapter.'
  }
} as const
