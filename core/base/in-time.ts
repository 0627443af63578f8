/**
 * What `work` comes to, if that is within `ms` milliseconds; otherwise rejects with the error of `createError`. The
 * work goes on, and what comes of it later is ignored.
 */
export async function inTime<T>(
  work: PromiseLike<T>,
  ms: number,
  createError: () => Error
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(createError())
    }, ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
