import { side, type Drawings } from './draw.ts'

const middle = (side - 1) / 2

/** The drawings in black and white, 1 or 0, each moved so that the centre of its ink is that of the paper, as in MNIST. */
export function scanDigits({ pixels, labels }: Drawings): Drawings {
  const scanned = pixels.map((ink) => Number(ink > 0.5))
  for (let from = 0; from < scanned.length; from += side * side) centre(scanned.subarray(from, from + side * side))
  return { pixels: scanned, labels }
}

/** Moves the ink by whole pixels; what leaves the paper is lost. */
function centre(image: Float32Array): void {
  const inked = Array.from(image.keys()).filter((at) => image[at] === 1)
  const mean = (coordinate: (at: number) => number) => inked.reduce((sum, at) => sum + coordinate(at), 0) / inked.length
  const right = Math.round(middle - mean((at) => at % side))
  const down = Math.round(middle - mean((at) => Math.floor(at / side)))
  image.fill(0)
  for (const at of inked) {
    const [column, row] = [(at % side) + right, Math.floor(at / side) + down]
    if (column >= 0 && column < side && row >= 0 && row < side) image[row * side + column] = 1
  }
}
