/**
 * A whole page in one text: style, scripts and data are in it, and nothing else can be loaded. The policy at its top lets
 * run what is named by its hash, so that even text that became a script would not.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { packageVersion } from '../archive/provenance.ts'
import type { ChartData } from './chart-data.ts'
import { type Content, embeddedJson, Html, html } from './html.ts'
import { pageScript } from './script.ts'
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
  const library = charts.length > 0 ? chartLibrary() : { script: '', style: '' }
  const style = inline(`${library.style}\n${pageStyle()}`)
  const scripts = [library.script, pageScript()].filter(Boolean).map(inline)
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src ${hashOf(style)}`,
    `script-src ${scripts.map(hashOf).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="spinpool ${packageVersion()}">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
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
<script type="application/json" id="chart-data">${embeddedJson(charts)}</script>
${scripts.map((script, i) => html`<script${new Html(i === scripts.length - 1 ? ' type="module"' : '')}>${new Html(script)}</script>\n`)}</body>
</html>
`
  return page.text
}

function contentsList(entries: readonly ContentsEntry[]): Content {
  return html`<ul>${entries.map(({ id, name, parts }) => html`<li><a href="#${id}">${name}</a>${parts?.length ? contentsList(parts) : undefined}</li>`)}</ul>`
}

/** uPlot as its package has it, with the notice that its licence asks for. */
function chartLibrary(): { readonly script: string; readonly style: string } {
  const require = createRequire(import.meta.url)
  const read = (name: string): string => readFileSync(require.resolve(`uplot/${name}`), 'utf8')
  return {
    script: `/*! uPlot\n${read('LICENSE').trim()}\n*/\n${read('dist/uPlot.iife.min.js').trim()}`,
    style: read('dist/uPlot.min.css').trim(),
  }
}

/** As a browser reads it between tags: its hash is over that. @throws Error where the text would end its own element */
function inline(text: string): string {
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error('a script or style cannot stand in a page: it would end there')
  return text.replace(/\r\n?/g, '\n')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
