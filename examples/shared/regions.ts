import { drawing, line, linearScale, pixels, text, ticks } from './svg.ts'

const margin = 48
const side = 480
const cells = 240

/** Points of the plane and the class of each. */
export interface Labelled {
  /** x and y of each, one after another. */
  readonly points: ArrayLike<number>
  readonly labels: ArrayLike<number>
}

/** What is coloured: a class for each cell, and what the classes are called. */
export interface Regions {
  readonly classes: ArrayLike<number>
  readonly names: readonly string[]
}

/** The middles of the drawing's cells, row by row from the top: what `classes` of `drawRegions` are the classes of. */
export function regionGrid(limit: number): Float32Array {
  const middle = (cell: number) => limit * ((2 * cell + 1) / cells - 1)
  return Float32Array.from({ length: cells * cells * 2 }, (_, i) => {
    const cell = i >> 1
    return i % 2 === 0 ? middle(cell % cells) : -middle(Math.floor(cell / cells))
  })
}

/** The square from -limit to limit, coloured by the class of each cell, with labelled points on it. */
export function drawRegions(title: string, limit: number, { classes, names }: Regions, data: Labelled): string {
  const x = linearScale(-limit, limit, margin, side)
  const y = linearScale(-limit, limit, margin + side, -side)
  const marks = ticks(-limit, limit, 4)
  return drawing(title, side + 2 * margin, side + 2 * margin + 32, [
    ...names.map((_, label) => region(classes, label)),
    ...marks.map((mark) => text(x(mark), margin + side + 20, String(mark))),
    ...marks.map((mark) => text(margin - 8, y(mark) + 4, String(mark), '', 'end')),
    line(margin, margin + side, margin + side, margin + side, 'axis'),
    line(margin, margin, margin, margin + side, 'axis'),
    ...Array.from(data.labels, (label, i) => {
      const [cx, cy] = [pixels(x(data.points[2 * i]!)), pixels(y(data.points[2 * i + 1]!))]
      return `<circle cx="${cx}" cy="${cy}" r="3.5" class="point class${label}"/>`
    }),
    ...names.flatMap((name, label) => {
      const [cx, cy] = [margin + (side / names.length) * label, margin + side + 48]
      return [
        `<circle cx="${cx + 6}" cy="${cy}" r="5" class="point class${label}"/>`,
        text(cx + 18, cy + 4, name, '', 'start'),
      ]
    }),
  ])
}

/** The cells of one class, as one shape: between shapes of their own there would be seams. */
function region(classes: ArrayLike<number>, label: number): string {
  const size = side / cells
  const runs: string[] = []
  for (let start = 0; start < cells * cells;) {
    const row = Math.floor(start / cells)
    let end = start + 1
    while (end < (row + 1) * cells && classes[end] === classes[start]) end++
    const width = (end - start) * size
    if (classes[start] === label)
      runs.push(`M${margin + (start % cells) * size},${margin + row * size}h${width}v${size}h${-width}z`)
    start = end
  }
  return `<path d="${runs.join('')}" class="region class${label}"/>`
}
