import { mkdirSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the plot lies in a drawing, in pixels. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** From a value of an axis to its pixel. */
export type Scale = (value: number) => number

/** Maps the values `from` … `to` onto `length` pixels, the first of which is `start`; a negative length runs upwards. */
export function linearScale(from: number, to: number, start: number, length: number): Scale {
  return (value) => start + ((value - from) / (to - from)) * length
}

/** Round numbers within `low` and `high`, about `count` of them: 1, 2 or 5 times a power of ten apart. */
export function ticks(low: number, high: number, count: number): number[] {
  const step = stepOf(low, high, count)
  return multiples(step, Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9))
}

/** The same, but from the one before `low` to the one after `high`. */
export function ticksAround(low: number, high: number, count: number): number[] {
  const step = stepOf(low, high, count)
  return multiples(step, Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9))
}

function stepOf(low: number, high: number, count: number): number {
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10)
}

function multiples(step: number, first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

// Blue, orange, green, pink and vermilion that people of any colour vision tell apart, Okabe and Ito's; then violet and grey.
const style = `
  svg { background: #fff; font: 13px system-ui, sans-serif }
  text { fill: #333 } .title { font-size: 17px; font-weight: 600 }
  .grid { stroke: #ddd } .axis { stroke: #888 } .curve { stroke: #0072b2; stroke-width: 2; fill: none }
  .curve.curve1 { stroke: #e69f00 } .curve.curve2 { stroke: #009e73 } .curve.curve3 { stroke: #cc79a7 }
  .exact { stroke: #333; stroke-width: 1.5; stroke-dasharray: 2 5; fill: none }
  .class0 { fill: #0072b2 } .class1 { fill: #e69f00 } .class2 { fill: #009e73 }
  .class3 { fill: #cc79a7 } .class4 { fill: #d55e00 } .class5 { fill: #6a51a3 } .class6 { fill: #777 } .region { opacity: .3 } .point { stroke: #fff }
  .ink { fill: #333 }
  @media (prefers-color-scheme: dark) {
    svg { background: #16181d } text { fill: #ddd } .grid { stroke: #333 } .ink { fill: #ddd }
    .curve { stroke: #56b4e9 } .exact { stroke: #ddd } .class0 { fill: #56b4e9 } .class5 { fill: #a99bd8 } .class6 { fill: #aaa } .point { stroke: #16181d }
  }`

/** A whole drawing: a title above, whatever `parts` are, light or dark as the reader's system is. */
export function drawing(title: string, width: number, height: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">`,
    `<style>${style}\n</style>`,
    text(width / 2, 26, title, 'title'),
    ...parts,
    '</svg>\n',
  ].join('\n')
}

/** A line of text around (x, y), or ending there, or beginning there. */
export function text(x: number, y: number, content: string, role = '', anchor = 'middle'): string {
  return `<text x="${pixels(x)}" y="${pixels(y)}" text-anchor="${anchor}" class="${role}">${content}</text>`
}

export function line(x1: number, y1: number, x2: number, y2: number, role: string): string {
  return `<path d="M${pixels(x1)},${pixels(y1)}L${pixels(x2)},${pixels(y2)}" class="${role}"/>`
}

/** A coordinate, short: hundredths of a pixel are enough. */
export function pixels(value: number): string {
  return String(Number(value.toFixed(2)))
}

/** Writes a drawing into the folder `out` beside `examples`, and says where it is. */
export function saveDrawing(name: string, svg: string): void {
  const folder = new URL('../../out/', import.meta.url)
  const file = new URL(name, folder)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, svg)
  console.log(`Drawn in ${relative('', fileURLToPath(file))}`)
}
