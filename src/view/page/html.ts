/**
 * HTML out of templates in which everything that is put in is text, unless it is HTML from here. Titles, names and
 * warnings come from files and may say anything; nothing of them becomes a tag, an attribute or a script.
 */

/** What is HTML already. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Content = Html | string | number | undefined | readonly Content[]

/** `html` before a template: numbers and strings in it are escaped, lists are put together, undefined is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(strings.map((text, i) => text + textOf(values[i])).join(''))
}

function textOf(content: Content): string {
  if (content === undefined) return ''
  if (content instanceof Html) return content.text
  return typeof content === 'object' ? content.map(textOf).join('') : escaped(String(content))
}

/** Safe between tags and inside quoted attributes; without the control characters that no page may hold, and those that reverse text. */
function escaped(text: string): string {
  return text
    .replace(/(?![\t\n])\p{Cc}|[\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** JSON that stays inside its script element whatever it says, and that every engine reads as what it is. */
export function embeddedJson(value: unknown): Html {
  const text = JSON.stringify(value)
  return new Html(text.replace(/[<\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`))
}
