// Preloaded, sets the clock two hours forward after a second, and two hours back after another, as people and NTP do.
const RealDate = Date
let shift = 0

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(RealDate.now() + shift)
    else super(...values)
  }
  static now() {
    return RealDate.now() + shift
  }
}
const HOURS = 7_200_000
for (const [after, by] of [
  [1000, HOURS],
  [2000, -HOURS],
]) {
  setTimeout(() => {
    shift = by
  }, after).unref()
}
