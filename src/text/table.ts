/** Rows of text, right-aligned in columns two spaces apart. The first row is the heading. */
export function alignRows(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] as number)).join('  ')).join('\n')
}
