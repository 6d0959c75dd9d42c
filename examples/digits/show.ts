import { drawing, text } from '../shared/svg.ts'
import { side } from './draw.ts'
import { drawInk, inkSize } from './ink.ts'

/** A drawing with what is said of it. */
export interface Captioned {
  /** The ink of its pixels, as in `Drawings`. */
  readonly pixels: Float32Array
  readonly caption: string
}

const ramp = ' .:-=+*#%@'

/** Drawings side by side, a caption under each, as text: a character is as high as two pixels. */
export function textArt(drawings: readonly Captioned[]): string {
  const rows = Array.from({ length: side / 2 }, (_, row) =>
    drawings.map(({ pixels }) =>
      Array.from({ length: side }, (_, column) => {
        const ink = (pixels[2 * row * side + column]! + pixels[(2 * row + 1) * side + column]!) / 2
        return ramp[Math.min(ramp.length - 1, Math.floor(ink * ramp.length))]
      }).join(''),
    ),
  )
  const captions = drawings.map(({ caption }) => caption.padStart((side + caption.length) / 2).padEnd(side))
  return [...rows, captions].map((row) => row.join('  ').trimEnd()).join('\n')
}

const columns = 8
const cell = { width: inkSize + 16, height: inkSize + 32 }
const margin = 20
const top = 48

/** Drawings in rows with a caption under each, as an SVG. */
export function drawSheet(title: string, drawings: readonly Captioned[]): string {
  const width = columns * cell.width + 2 * margin
  const height = Math.ceil(drawings.length / columns) * cell.height + top + margin
  return drawing(
    title,
    width,
    height,
    drawings.flatMap(({ pixels, caption }, i) => {
      const left = margin + (i % columns) * cell.width + 8
      const upper = top + Math.floor(i / columns) * cell.height
      return [...drawInk(pixels, left, upper), text(left + inkSize / 2, upper + inkSize + 16, caption)]
    }),
  )
}
