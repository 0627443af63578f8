/** The texts of a fault, masked: its message is what the function raised, and may tell what it was given. */

interface FaultTexts {
  readonly message: string
  readonly traceback?: string
}

export function maskFault<F extends FaultTexts>(fault: F, mask: (text: string) => string): F {
  const { message, traceback } = fault
  const masked = { ...fault, message: mask(message) }
  return traceback === undefined ? masked : { ...masked, traceback: mask(traceback) }
}
