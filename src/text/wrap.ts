/** Text in lines of at most 100 characters where words allow it; lines after the first are indented by as much as asked for. */
export function wrapped(text: string, indent = 0, width = 100): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ' '.repeat(indent) + word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].join('\n')
}

/** Begins with a capital letter. */
export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** No line ends beside an equals sign. */
export function unbroken(text: string): string {
  return text.replaceAll(' = ', '\u00a0=\u00a0')
}
