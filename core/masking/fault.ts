/** The texts of a fault, masked: its message is what the function raised, and may tell what it was given. */

interface FaultTexts {
  readonly message: string
  readonly traceback?: string
  readonly code?: string
}

export function maskFault<F extends FaultTexts>(fault: F, mask: (text: string) => string): F {
  const { message, traceback, code } = fault
  return {
    ...fault,
    message: mask(message),
    ...(traceback === undefined ? {} : { traceback: mask(traceback) }),
    ...(code === undefined ? {} : { code: mask(code) })
  }
}
