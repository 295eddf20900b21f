// A page of figures alone, to look into without a network. The whole story of a job is told by report-page.ts.
import type { Chart, Figure } from '../figure/chart.ts'
import { chartData } from './chart-data.ts'
import { pageDocument } from './document.ts'
import { type Drawing, figureAnchor, figureSection } from './figure-section.ts'
import { html } from './html.ts'

export type { Drawing } from './figure-section.ts'
export { reportPage } from './report-page.ts'

/**
 * The page as one HTML text: it works from a file, loads nothing, and escapes whatever the figures say.
 *
 * @throws Error where the build of the page's script is missing
 */
export function figurePage({ title, figures }: { readonly title: string; readonly figures: readonly (Figure | Drawing)[] }): string {
  return pageDocument({
    title,
    contents: figures.map((figure) => ({ id: figureAnchor(figure), name: figure.title })),
    main: html`<div class="figures">${figures.map((figure) => figureSection(figure, 2))}</div>`,
    charts: figures.filter((figure): figure is Chart => figure.kind === 'chart').map(chartData),
  })
}
