/** Where the build put what a page loads only when it is needed; the document says it. */
export function asset(name: string): string {
  const path = document.querySelector<HTMLMetaElement>(`meta[name="moonlet-${name}"]`)?.content
  if (!path) throw new Error(`The page does not say where its ${name} is`)
  return path
}
