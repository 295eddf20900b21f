/**
 * What a figure shows, before anybody has decided how it is drawn: numbers, names and what belongs together. The same figure
 * becomes SVG and PNG (chart-spec.ts) and a page to look into (src/view/page), so that what is on paper and on the screen is the
 * same. All text may come from files; who draws it escapes it.
 */

export interface Axis {
  /** With its unit, as in `energy per site` or `temperature T (k_B = 1)`; scripts as label.ts says, as in all text here. */
  readonly label: string
  readonly log?: boolean
  /** Default: what the data need. */
  readonly domain?: readonly [number, number]
  /** True where there is nothing between whole numbers. */
  readonly whole?: boolean
  /** Values that have a label, such as the sizes of lattices; default: round numbers. */
  readonly ticks?: readonly number[]
}

/** Points of one kind in one chart. */
export interface Series {
  /** In the legend, as in `L = 32`; series of the same name share an entry, a colour and a symbol. */
  readonly name: string
  readonly x: readonly number[]
  /** NaN is a gap. */
  readonly y: readonly number[]
  /** Standard errors of y; NaN where there is none. Bars at points, a band around a `curve`. */
  readonly error?: readonly number[]
  /** Ends of a band behind the line, such as quantiles of what the line is the mean of; the chart says which. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] }
  readonly mark: 'points' | 'line' | 'points and line' | 'steps'
  /**
   * What is no data is a line beside them, thinner or broken: `exact` has the colour of the data of the same name, and so has
   * `curve`, which was computed from all of those data and is drawn as their own line.
   */
  readonly role?: 'data' | 'curve' | 'exact' | 'guide'
}

/** A straight line across the whole chart. */
export interface Guide {
  readonly axis: 'x' | 'y'
  readonly value: number
  readonly label: string
}

/** Quantities against each other. */
export interface Chart {
  readonly kind: 'chart'
  /** Unique on a page, letters, digits and `-`, as in `ising-specific-heat`. */
  readonly id: string
  readonly title: string
  readonly subtitle?: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
  readonly guides?: readonly Guide[]
  /** Range of x that is shown at first; a page can show the rest, and a picture says what it leaves out. Default: all. */
  readonly closeUp?: readonly [number, number]
  /** One sentence that says what is to be seen, for those who cannot see it. */
  readonly description: string
}

/** One picture of a lattice. */
export interface Picture {
  readonly caption: string
  readonly width: number
  readonly height: number
  /** (y, x, 4) red, green, blue, alpha; the first row is the top. */
  readonly rgba: Uint8Array
}

/** Pictures beside each other. */
export interface Pictures {
  readonly kind: 'pictures'
  readonly id: string
  readonly title: string
  readonly subtitle?: string
  readonly columns: number
  readonly pictures: readonly Picture[]
  /** What the colours mean, each with its name; none where the subtitle says it. */
  readonly key?: readonly { readonly colour: string; readonly name: string }[]
  readonly description: string
}

export type Figure = Chart | Pictures
