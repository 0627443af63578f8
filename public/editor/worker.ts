/** Monaco computes diffs and words in a worker of this origin. */
export function installWorker(): void {
  const url =
    document.querySelector<HTMLMetaElement>('meta[name="moonlet-editor-worker"]')?.content ?? ''
  Object.assign(globalThis, {
    MonacoEnvironment: { getWorker: () => new Worker(url, { type: 'module' }) }
  })
}
