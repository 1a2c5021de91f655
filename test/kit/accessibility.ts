// Checks pages for what people with disabilities would stumble over, with axe-core.
import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** @param options.except rules that do not apply
 * @returns what axe finds or doubts, also against best practices, for each element */
export async function findBarriers(page: Page, { except = [] as string[] } = {}): Promise<string[]> {
  const rules = Object.fromEntries(except.map((rule) => [rule, { enabled: false }]))
  // So it gets past the policies that keep foreign scripts out.
  await page.evaluate(axe.source)
  const results = await page.evaluate(
    (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options),
    { rules },
  )
  // A text in the colour of its background is only a case of doubt for axe.
  return [...results.violations, ...results.incomplete].flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html}\n${failureSummary}`),
  )
}

/** How many pixels a page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
