/**
 * What every page is, a report or the page of a run: one text with its style and its scripts in it. Nothing else can be
 * loaded, and the policy at its top lets run only what is named there by its hash, so that even text that became a script
 * would not.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { packageVersion } from '../../archive/provenance.ts'
import { type Content, Html, html } from './html.ts'

export interface ShellParts {
  readonly title: string
  readonly style: string
  /** Runs when the page is there. */
  readonly script: string
  /** Whether the script draws with uPlot. */
  readonly charts: boolean
  /** More of the head. */
  readonly head?: Content
  readonly body: Content
  /** What the script may talk to: nobody, or the server that the page came from. */
  readonly connect?: "'self'"
}

export interface Shell {
  readonly html: string
  /** The policy that stands in it, to be sent as a header too where there is a server. */
  readonly policy: string
}

export function pageShell({ title, style, script, charts, head, body, connect }: ShellParts): Shell {
  const library = charts ? chartLibrary() : undefined
  const styles = inline(library ? `${library.style}\n${style}` : style)
  const own = inline(script)
  const scripts = library ? [inline(library.script), own] : [own]
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src ${hashOf(styles)}`,
    `script-src ${scripts.map(hashOf).join(' ')}`,
    ...(connect ? [`connect-src ${connect}`] : []),
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
${head}<style>${new Html(styles)}</style>
</head>
<body>
${body}
${scripts.map((text) => html`<script${new Html(text === own ? ' type="module"' : '')}>${new Html(text)}</script>\n`)}</body>
</html>
`
  return { html: page.text, policy }
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
