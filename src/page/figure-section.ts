// One figure of a page: a caption, the place where the script draws or the pictures themselves, and what it shows in words.
import { encode } from 'fast-png'
import type { Chart, Figure, Picture, Pictures } from '../figure/chart.ts'
import { type Content, html } from './html.ts'

/** A figure that is drawn already, of which nothing can be asked any more. */
export interface Drawing {
  readonly kind: 'drawing'
  readonly id: string
  readonly title: string
  readonly svg: string
}

export function figureSection(figure: Figure | Drawing): Content {
  if (figure.kind === 'chart') return chartSection(figure)
  return figure.kind === 'pictures' ? picturesSection(figure) : drawingSection(figure)
}

/** Where a link to it leads. */
export function figureAnchor({ id }: Figure | Drawing): string {
  return `figure-${id}`
}

function caption({ title, subtitle }: { readonly title: string; readonly subtitle?: string }): Content {
  return html`<figcaption><h3>${title}</h3>${subtitle === undefined ? undefined : html`<p class="quiet">${subtitle}</p>`}</figcaption>`
}

function chartSection(chart: Chart): Content {
  const hint = `${figureAnchor(chart)}-hint`
  return html`<figure id="${figureAnchor(chart)}" class="chart">
${caption(chart)}
<div class="legend" role="group" aria-label="Series, press to hide or show"></div>
<div class="plot" tabindex="0" role="application" aria-roledescription="chart" aria-label="${chart.title}" aria-describedby="${hint}">
<div class="canvas" role="img" aria-label="${chart.description}"></div>
</div>
<div class="tools"><button type="button" class="reset" hidden>Show all</button><span class="view"></span><span class="hint" id="${hint}">Drag to zoom, arrow keys go from point to point, + and \u2212 zoom, Escape shows all.</span></div>
<div class="say" aria-live="polite"></div>
<details class="numbers"><summary>Numbers</summary></details>
</figure>`
}

function picturesSection(figure: Pictures): Content {
  const { pictures, key, description } = figure
  const columns = Math.min(12, Math.max(1, Math.round(figure.columns)))
  return html`<figure id="${figureAnchor(figure)}" class="wide">
${caption(figure)}
<p class="quiet">${description}</p>
<ul class="pictures columns-${columns}">${pictures.map(
    (picture) =>
      html`<li><img src="${pngAddress(picture)}" alt="${picture.caption}" width="${picture.width}" height="${picture.height}"><span aria-hidden="true">${picture.caption}</span></li>`,
  )}</ul>
${
  key?.length
    ? html`<ul class="key" aria-label="Colours">${key.map(
        ({ colour, name }) =>
          html`<li><svg viewBox="0 0 14 14" aria-hidden="true"><rect x="0.5" y="0.5" width="13" height="13" fill="${colour}" stroke="#8a8a8a"/></svg>${name}</li>`,
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
function drawingSection(drawing: Drawing): Content {
  const address = `data:image/svg+xml;base64,${Buffer.from(drawing.svg).toString('base64')}`
  return html`<figure id="${figureAnchor(drawing)}" class="wide">
${caption(drawing)}
<img class="drawing" src="${address}" alt="${drawing.title}">
</figure>`
}
