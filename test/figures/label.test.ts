import { describe, expect, it } from 'vitest'
import { renderPng } from '../../src/view/figure/png.ts'
import { labelPieces, plainLabel } from '../../src/view/figure/label.ts'
import { withTypesetLabels } from '../../src/view/figure/svg-label.ts'
import { html } from '../../src/view/page/html.ts'
import { typesetLabel } from '../../src/view/page/label.ts'

const scripts = (label: string): string[] => labelPieces(label).flatMap(({ text, level }) => (level === 0 ? [] : [`${level}:${text}`]))

describe('labels with scripts', () => {
  it.each([
    ['T_c = 2.27', ['-1:c']],
    ['1/T_c', ['-1:c']],
    ['k_B = 1', ['-1:B']],
    ['L^{-1/ν}', ['1:−1/ν']],
    ['⟨m^2⟩ - ⟨|m|⟩^2', ['1:2', '1:2']],
    ['U_4', ['-1:4']],
    ['m_z^2', ['-1:z', '1:2']],
    ['10^{-3}', ['1:−3']],
    ['χ_{cdw}', ['-1:cdw']],
  ])('%s has them', (label, expected) => {
    expect(scripts(label)).toEqual(expected)
  })

  it.each([
    'sc_binder',
    'run_2.h5',
    'run_2_3.h5',
    'my_T_c',
    'a_long',
    'abs_m',
    '2^3',
    '_c',
    'T_',
    'cdw_structure_factor[0,1]',
    'x_{',
  ])('%s is a name and stays as it is', (name) => {
    expect(scripts(name)).toEqual([])
    expect(plainLabel(name)).toBe(name)
    expect(withTypesetLabels(`<text font-size="11px">${name}</text>`)).toBe(`<text font-size="11px">${name}</text>`)
  })

  it('are plain for terminals, tables and screen readers', () => {
    expect(plainLabel('T_c against L^{-1/ν}, ⟨m^2⟩, m^{12}, χ_{cdw}, 10^{-3}')).toBe('T_c against L^(−1/ν), ⟨m²⟩, m¹², χ_cdw, 10⁻³')
  })

  it('return to the line in drawings, and whatever is escaped stays so', () => {
    const drawn = withTypesetLabels('<text font-size="10px">a &lt; T_c = 2, m^{&lt;i&gt;}</text>')
    expect(drawn).toBe(
      '<text font-size="10px">a &lt; T<tspan dy="2.2" font-size="7.2px">c</tspan><tspan dy="-2.2"> = 2, m</tspan><tspan dy="-3.6" font-size="7.2px">&lt;i&gt;</tspan></text>',
    )
    expect(withTypesetLabels('<text font-size="10px"><tspan>T_c</tspan><tspan x="0" dy="15">plain</tspan></text>')).toBe(
      '<text font-size="10px"><tspan>T<tspan dy="2.2" font-size="7.2px">c</tspan></tspan><tspan x="0" dy="12.8">plain</tspan></text>',
    )
  })

  it('are tags on a page, what they hold is text', () => {
    expect(html`${typesetLabel('T_c & m^{<b>}')}`.text).toBe('T<sub>c</sub> &#38; m<sup>&#60;b&#62;</sup>')
  })

  it('are lower and higher than the line in PNG files too', async () => {
    const draw = async (label: string): Promise<Uint8Array> =>
      renderPng(
        withTypesetLabels(
          `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><text x="5" y="20" font-size="16px" font-family="sans-serif">${label}</text></svg>`,
        ),
        { scale: 1 },
      )
    const { decode } = await import('fast-png')
    /** Rows with ink right of what stands on the line. */
    const rows = async (label: string): Promise<number[]> => {
      const { width, height, data, channels } = decode(await draw(label))
      return Array.from({ length: height }, (_, y) => y).filter((y) =>
        Array.from({ length: width - 18 }, (_, k) => data[(y * width + k + 18) * channels] ?? 255).some((value) => value < 128),
      )
    }
    expect(Math.max(...(await rows('L_x')))).toBeGreaterThan(20)
    expect(Math.max(...(await rows('L^x')))).toBeLessThan(18)
  })
})
