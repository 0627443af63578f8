/** Runs axe-core in a page. Its context has to bypass the policy, which would rightly refuse the script. */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'

const axe = await readFile('node_modules/axe-core/axe.min.js', 'utf8')

interface Violation {
  id: string
  nodes: Array<{ html: string; failureSummary?: string }>
}

/** Two frames later the new colours are on everything. */
export const painted = (page: Page) =>
  page.evaluate(
    () =>
      new Promise(resolve => {
        requestAnimationFrame(() => requestAnimationFrame(resolve))
      })
  )

/** Every rule of axe-core, over the whole page; what holds is not described, which takes longer than finding it. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe)
  const found = await page.evaluate(
    async () =>
      (
        await (
          globalThis as unknown as {
            axe: {
              run: (
                context: Document,
                options: { resultTypes: ['violations'] }
              ) => Promise<{ violations: Violation[] }>
            }
          }
        ).axe.run(document, { resultTypes: ['violations'] })
      ).violations
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(node => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`)
  )
}
