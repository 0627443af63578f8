/** A whole function for the guide. */
export interface CookbookProgram {
  readonly title: string
  readonly doc: string
  readonly code: string
}
