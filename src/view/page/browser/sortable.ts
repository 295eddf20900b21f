// Tables whose headings are buttons: a press sorts by that column, another turns it round. Numbers by their value, which
// cells have as data-value where their text is more than that; what has none goes last either way.

export function makeSortable(table: HTMLTableElement): void {
  const headings = [...table.querySelectorAll<HTMLTableCellElement>('thead th')]
  for (const [column, heading] of headings.entries()) {
    heading.querySelector('button')?.addEventListener('click', () => {
      const order = heading.ariaSort === 'ascending' ? 'descending' : 'ascending'
      for (const other of headings) other.removeAttribute('aria-sort')
      heading.setAttribute('aria-sort', order)
      for (const body of table.tBodies) sortRows(body, column, order === 'ascending' ? 1 : -1)
    })
  }
}

function sortRows(body: HTMLTableSectionElement, column: number, direction: number): void {
  const rows = [...body.rows].map((row) => {
    const cell = row.cells[column]
    return { row, value: Number.parseFloat(cell?.dataset.value ?? cell?.textContent ?? ''), text: cell?.textContent ?? '' }
  })
  rows.sort((a, b) => {
    if (Number.isNaN(a.value) || Number.isNaN(b.value)) {
      if (!Number.isNaN(a.value)) return -1
      if (!Number.isNaN(b.value)) return 1
      return direction * a.text.localeCompare(b.text)
    }
    return direction * (a.value - b.value)
  })
  body.append(...rows.map(({ row }) => row))
}
