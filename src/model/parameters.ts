/** Parameters of one simulation, every one a number. */
export type Parameters = Readonly<Record<string, number>>
