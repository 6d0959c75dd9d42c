import type { Model } from './spirals.net.yaml'
import { x, y } from './points.ts'

const canvas = document.querySelector('canvas')!
const svg = document.querySelector('svg')!
const context = canvas.getContext('2d')!
const { width, height } = canvas

/** The colours of the two spirals, in red, green and blue. */
const [first, second] = [
  [31, 111, 178],
  [236, 132, 58],
] as const

const places = Float32Array.from({ length: 2 * width * height }, (_, k) => {
  const [column, row] = [(k >> 1) % width, Math.floor((k >> 1) / width)]
  return k % 2 === 0 ? (2 * column + 1) / width - 1 : (2 * row + 1) / height - 1
})

/** Paints every place in the colour of the spiral that the model takes it for: both mixed where it isn't sure. */
export function paint(model: Model) {
  const image = context.createImageData(width, height)
  model.predict(places).forEach((logit, i) => {
    const share = 1 / (1 + Math.exp(-logit))
    const mixed = first.map((color, k) => color + share * (second[k]! - color))
    image.data.set([...mixed, 255], 4 * i)
  })
  context.putImageData(image, 0, 0)
}

/** Draws the points that it learns from. */
export function plot() {
  y.forEach((spiral, i) => {
    const circle = document.createElementNS('http://www.w3.org/2000/svg', 'circle')
    circle.setAttribute('cx', String(x[2 * i]))
    circle.setAttribute('cy', String(x[2 * i + 1]))
    circle.setAttribute('r', '0.022')
    circle.setAttribute('fill', `rgb(${spiral === 0 ? first : second})`)
    svg.append(circle)
  })
}
