// One figure of a page: a caption, the place where the script draws or the pictures themselves, and what it shows in words.
import { encode } from 'fast-png'
import type { Chart, Figure, Picture, Pictures } from '../figure/chart.ts'
import { plainLabel } from '../figure/label.ts'
import { type Content, html } from './html.ts'
import { typesetLabel } from './label.ts'
import { scrollBox } from './scroll-box.ts'

/** A figure that is drawn already, of which nothing can be asked any more. */
export interface Drawing {
  readonly kind: 'drawing'
  readonly id: string
  readonly title: string
  readonly svg: string
}

/** @param level of its heading: one below that of what it stands in */
export function figureSection(figure: Figure | Drawing, level: 2 | 3): Content {
  const heading = caption(figure, level)
  if (figure.kind === 'chart') return chartSection(figure, heading)
  return figure.kind === 'pictures' ? picturesSection(figure, heading) : drawingSection(figure, heading)
}

/** Where a link to it leads. */
export function figureAnchor({ id }: Figure | Drawing): string {
  return `figure-${id}`
}

function caption({ title, subtitle }: { readonly title: string; readonly subtitle?: string }, level: 2 | 3): Content {
  const heading = level === 2 ? html`<h2>${typesetLabel(title)}</h2>` : html`<h3>${typesetLabel(title)}</h3>`
  return html`<figcaption>${heading}${subtitle === undefined ? undefined : html`<p class="quiet">${typesetLabel(subtitle)}</p>`}</figcaption>`
}

function chartSection(chart: Chart, heading: Content): Content {
  const hint = `${figureAnchor(chart)}-hint`
  return html`<figure id="${figureAnchor(chart)}" class="chart">
${heading}
<div class="legend" role="group" aria-label="Series, press to hide or show"></div>
<div class="plot" tabindex="0" role="application" aria-roledescription="chart" aria-label="${plainLabel(chart.title)}" aria-describedby="${hint}">
<div class="canvas" role="img" aria-label="${plainLabel(chart.description)}"></div>
</div>
<div class="tools"><button type="button" class="reset" hidden>Show all</button><span class="view"></span><span class="hint" id="${hint}">Drag or + and \u2212 to zoom, Escape for all, arrow keys from point to point</span></div>
<div class="say" aria-live="polite"></div>
<details class="numbers"><summary>Numbers</summary></details>
</figure>`
}

function picturesSection(figure: Pictures, heading: Content): Content {
  const { pictures, key, description } = figure
  const columns = Math.min(12, Math.max(1, Math.round(figure.columns)))
  return html`<figure id="${figureAnchor(figure)}" class="wide">
${heading}
<p class="quiet">${typesetLabel(description)}</p>
<ul class="pictures columns-${columns}">${pictures.map(
    (picture) =>
      html`<li><img src="${pngAddress(picture)}" alt="${plainLabel(picture.caption)}" width="${picture.width}" height="${picture.height}"><span aria-hidden="true">${typesetLabel(picture.caption)}</span></li>`,
  )}</ul>
${
  key?.length
    ? html`<ul class="key" aria-label="Colours">${key.map(
        ({ colour, name }) =>
          html`<li><svg viewBox="0 0 14 14" aria-hidden="true"><rect x="0.5" y="0.5" width="13" height="13" fill="${colour}" stroke="#8a8a8a"/></svg>${typesetLabel(name)}</li>`,
      )}</ul>`
    : undefined
}
</figure>`
}

function pngAddress({ width, height, rgba }: Picture): string {
  const bytes = encode({ width, height, data: rgba, channels: 4, depth: 8 })
  return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`
}

/** As a picture, not as part of the page: nothing inside can run, and its ids cannot meet those of another. */
function drawingSection(drawing: Drawing, heading: Content): Content {
  const address = `data:image/svg+xml;base64,${Buffer.from(drawing.svg).toString('base64')}`
  return html`<figure id="${figureAnchor(drawing)}" class="wide">
${heading}
${scrollBox(plainLabel(drawing.title), html`<img class="drawing" src="${address}" alt="${plainLabel(drawing.title)}">`)}
</figure>`
}
