import { createModel } from './spirals.net.yaml'
import { paint, plot } from './picture.ts'
import type { Told } from './trainer.ts'

const model = createModel()
const progress = document.querySelector('progress')!
const output = document.querySelector('output')!
const button = document.querySelector('button')!
let worker: Worker | undefined
let seed = 0

function start() {
  worker = new Worker(new URL('./trainer.ts', import.meta.url), { type: 'module' })
  worker.onmessage = ({ data }: MessageEvent<Told>) => show(data)
  worker.postMessage(seed++)
  progress.value = 0
  button.textContent = 'Stop'
}

function stop() {
  worker?.terminate()
  worker = undefined
  button.textContent = 'Train again'
}

function show({ done, loss, accuracy, weights }: Told) {
  model.load(weights)
  paint(model)
  progress.value = done
  output.value = `loss ${loss.toFixed(4)}, ${Math.round(100 * accuracy)} % right`
  if (done === 1) stop()
}

button.onclick = () => (worker ? stop() : start())
plot()
start()
