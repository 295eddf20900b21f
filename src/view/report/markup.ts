// Tables for a notebook, a web page or a paper, out of rows of text. The first row is the heading.

type Rows = readonly (readonly string[])[]

/** A table of Markdown, columns aligned to the right. */
export function markdownTable([heading = [], ...rows]: Rows): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heading), line(heading.map(() => '---:')), ...rows.map(line)].join('\n')
}

/** A tabular of LaTeX, columns aligned to the right, numbers in mathematics mode. */
export function latexTable([heading = [], ...rows]: Rows): string {
  const line = (cells: readonly string[]): string => `  ${cells.join(' & ')} \\\\`
  return [
    `\\begin{tabular}{${'r'.repeat(heading.length)}}`,
    '  \\hline',
    line(heading.map(latexText)),
    '  \\hline',
    ...rows.map((cells) => line(cells.map(latexCell))),
    '  \\hline',
    '\\end{tabular}',
  ].join('\n')
}

/** A number or one with its error, `-1.23(4)`; 1.2e-5 becomes 1.2 \times 10^{-5}. */
function latexCell(cell: string): string {
  const number = /^([+-]?[\d.]+(?:\(\d+\))?)(?:e([+-]?\d+))?(\(\d+\))?$/.exec(cell)
  if (!number) return latexText(cell)
  const [, mantissa = '', exponent, error = ''] = number
  return exponent === undefined ? `$${mantissa}${error}$` : `$${mantissa}${error} \\times 10^{${Number(exponent)}}$`
}

const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
}

/** Text as LaTeX prints it. */
function latexText(text: string): string {
  return text === '-' ? '--' : text.replaceAll(/[\\~^&%$#_{}]/g, (sign) => ESCAPED[sign] ?? `\\${sign}`)
}
