/** A page to keep: what it says, a list of contents, and the data of its charts. It works from a file. */
import { packageVersion } from '../../archive/provenance.ts'
import type { ChartData } from './chart-data.ts'
import { type Content, embeddedJson, html } from './html.ts'
import { typesetLabel } from './label.ts'
import { pageScript } from './script.ts'
import { pageShell } from './shell.ts'
import { pageStyle } from './style.ts'

export interface PageParts {
  readonly title: string
  /** Beside the title and below it. */
  readonly header?: Content
  /** What the list of contents leads to: ids and names, one below the other where they have parts. */
  readonly contents: readonly ContentsEntry[]
  readonly main: Content
  readonly charts: readonly ChartData[]
}

export interface ContentsEntry {
  readonly id: string
  readonly name: string
  readonly parts?: readonly ContentsEntry[]
}

export function pageDocument({ title, header, contents, main, charts }: PageParts): string {
  const body = html`<a class="skip" href="#main">To the content</a>
<header><h1>${title}</h1>${header}</header>
<div class="page">
${
  contents.length > 1
    ? html`<nav aria-label="Contents"><details open><summary>Contents</summary>${contentsList(contents)}</details></nav>`
    : undefined
}
<main id="main">
<noscript><p class="notice">The charts of this page are drawn by its script, which does not run here.</p></noscript>
${main}
</main>
</div>
<footer>Made by spinpool ${packageVersion()}. This page holds all it shows and needs no network.</footer>
<script type="application/json" id="chart-data">${embeddedJson(charts)}</script>`
  return pageShell({ title, style: pageStyle(), script: pageScript('page'), charts: charts.length > 0, body }).html
}

function contentsList(entries: readonly ContentsEntry[]): Content {
  return html`<ul>${entries.map(({ id, name, parts }) => html`<li><a href="#${id}">${typesetLabel(name)}</a>${parts?.length ? contentsList(parts) : undefined}</li>`)}</ul>`
}
