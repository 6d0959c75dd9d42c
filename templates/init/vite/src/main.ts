import { createTrainer } from './curve.net.yaml'

const svg = document.querySelector('svg')!
const curve = document.querySelector('polyline')!
const output = document.querySelector('output')!

// The points, and the places where the curve is drawn: all from -1 to 1.
const x: number[] = []
const y: number[] = []
const along = Array.from({ length: 101 }, (_, i) => i / 50 - 1)

const trainer = createTrainer()

function addPoint(right: number, up: number) {
  x.push(right)
  y.push(up)
  const circle = document.createElementNS('http://www.w3.org/2000/svg', 'circle')
  circle.setAttribute('cx', String(right))
  circle.setAttribute('cy', String(-up))
  circle.setAttribute('r', '0.025')
  circle.setAttribute('fill', 'currentColor')
  svg.append(circle)
}

function choosePoints() {
  x.length = y.length = 0
  for (const circle of document.querySelectorAll('circle')) circle.remove()
  const [waves, start] = [2 + 4 * Math.random(), 6 * Math.random()]
  for (let at = -0.9; at < 0.95; at += 0.1) addPoint(at, 0.6 * Math.sin(start + waves * at) + 0.1 * Math.random())
}

function trainAndDraw() {
  trainer.fit(x, y, { epochs: 20 })
  const heights = trainer.predict(along)
  curve.setAttribute('points', along.map((right, i) => `${right},${-heights[i]!}`).join(' '))
  output.value = `epoch ${trainer.epoch}, loss ${trainer.loss(x, y).toFixed(5)}`
  requestAnimationFrame(trainAndDraw)
}

svg.onclick = ({ clientX, clientY }) => {
  const { left, top, width, height } = svg.getBoundingClientRect()
  addPoint((2 * (clientX - left)) / width - 1, 1 - (2 * (clientY - top)) / height)
}
document.querySelector('button')!.onclick = choosePoints

choosePoints()
trainAndDraw()
