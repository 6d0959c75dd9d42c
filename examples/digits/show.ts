import { drawing, text } from '../shared/svg.ts'
import { side } from './draw.ts'

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
const scale = 3
const cell = { width: scale * side + 16, height: scale * side + 32 }
const margin = 20
const top = 48

/** The ink that is drawn, from light to dark, a path each. */
const shades = [0.25, 0.5, 0.75, 1]

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
      return [
        ...shades.map((shade) => shadePath(pixels, shade, left, upper)),
        text(left + (scale * side) / 2, upper + scale * side + 16, caption),
      ]
    }),
  )
}

/** All pixels of about that ink, a rectangle for each run of them in a row. */
function shadePath(pixels: Float32Array, shade: number, left: number, upper: number): string {
  const has = (at: number) => Math.ceil(pixels[at]! * shades.length - 0.5) === shade * shades.length
  let path = `M${left},${upper}`
  for (let row = 0; row < side; row++)
    for (let start = 0; start < side; start++) {
      let end = start
      while (end < side && has(row * side + end)) end++
      if (end === start) continue
      path += `M${left + scale * start},${upper + scale * row}h${scale * (end - start)}v${scale}h${scale * (start - end)}z`
      start = end
    }
  return `<path d="${path}" class="ink" opacity="${shade}"/>`
}
