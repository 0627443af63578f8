/** The answer to what is asked for outside of BASE_PATH; `moonlet doctor` knows a Moonlet by it. */
export const outsideText = (basePath: string): string =>
  `Not found: everything here is below ${basePath}/\n`
