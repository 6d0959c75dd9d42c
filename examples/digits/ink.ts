import { side } from './draw.ts'

/** The width of a pixel of a digit in an SVG. */
const scale = 3

/** The width and the height of a digit in an SVG. */
export const inkSize = scale * side

/** The ink that is drawn, from light to dark, a path each. */
const shades = [0.25, 0.5, 0.75, 1]

/** A digit's pixels with their left upper corner there, as parts of an SVG. */
export function drawInk(pixels: Float32Array, left: number, upper: number): string[] {
  return shades.map((shade) => shadePath(pixels, shade, left, upper))
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
