// Boxes that scroll by themselves: whether one hides columns, and at which side, becomes classes that the style sheet shows.

/** A pixel less is rounding. */
const HIDDEN = 1

export function watchScroll(outer: Element): void {
  const inner = outer.querySelector<HTMLElement>('.scroll')
  if (!inner) return
  const look = (): void => {
    const { scrollLeft, scrollWidth, clientWidth } = inner
    const right = scrollWidth - clientWidth - scrollLeft
    outer.classList.toggle('sideways', scrollWidth - clientWidth > HIDDEN)
    outer.classList.toggle('more-left', scrollLeft > HIDDEN)
    outer.classList.toggle('more-right', right > HIDDEN)
  }
  inner.addEventListener('scroll', look, { passive: true })
  // Also when details around it are opened, and when its rows come later.
  const sizes = new ResizeObserver(look)
  for (const element of [inner, ...inner.children]) sizes.observe(element)
}

/** The same box as scroll-box.ts makes, with a table that was made here. */
export function scrollBoxAround(content: HTMLElement, label: string): HTMLElement {
  const [outer, inner] = [document.createElement('div'), document.createElement('div')]
  outer.className = 'scroll-box'
  inner.className = 'scroll'
  inner.tabIndex = 0
  inner.setAttribute('role', 'region')
  inner.setAttribute('aria-label', label)
  inner.append(content)
  outer.append(inner)
  watchScroll(outer)
  return outer
}
