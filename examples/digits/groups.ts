import { drawing, text } from '../shared/svg.ts'
import { side } from './draw.ts'
import { drawInk, inkSize } from './ink.ts'

/** Rows of digits with a heading above. */
export interface Group {
  readonly heading: string
  /** The ink of the digits of each row, 0 to 1, one digit after another. */
  readonly rows: readonly Float32Array[]
}

const columns = 10
const cell = inkSize + 4
const margin = 20
const top = 44
const headingHeight = 40

/** Groups of rows of ten digits, one below another, as an SVG. */
export function drawGroups(title: string, groups: readonly Group[]): string {
  const parts: string[] = []
  let upper = top
  for (const { heading, rows } of groups) {
    parts.push(text(margin, upper + headingHeight - 14, heading, '', 'start'))
    upper += headingHeight
    for (const row of rows) {
      for (let column = 0; column < columns; column++) {
        const pixels = row.subarray(column * side * side, (column + 1) * side * side)
        parts.push(...drawInk(pixels, margin + column * cell, upper))
      }
      upper += cell
    }
  }
  return drawing(title, columns * cell + 2 * margin, upper + margin, parts)
}
