import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { compile } from '../../src/compile.ts'
import { instantiate } from '../../src/host/instantiate.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import type { TargetName } from '../../src/base/target.ts'
import { jiti } from '../package/installed.ts'

/*
 * How long compiling takes as networks grow, and whether what comes of it runs: npm run depth. Each network has a process of its own.
 */

const lines = (count: number, line: (k: number) => string) =>
  Array.from({ length: count }, (_, k) => `${line(k)}\n`).join('')

/** Specs by what there are `count` of. */
const specs: Readonly<Record<string, (count: number) => string>> = {
  'linear layers': (count) => `input: 8\ninit: orthogonal\nlayers:\n${lines(count, () => '  - linear: 8')}loss: mse`,
  activations: (count) => `input: 8\nlayers:\n  - linear: 1\n${lines(count, () => '  - tanh')}loss: mse`,
  equations: (count) => `inputs: { x: 4 }
targets: { y: scalar }
parameters: { w: 4 }
equations:
  - a0 = w .* x
${lines(count, (k) => `  - a${k + 1} = tanh(a${k})`)}  - l = (sum(a${count}) - y)^2
output: a${count}
loss: l`,
  branches: (count) =>
    `input: 4\nlayers:\n  - concat:\n${lines(count, () => '      - [linear: 2]')}  - linear: 1\nloss: mse`,
}

const sizes = [100, 1_000, 10_000] as const
const targets: readonly TargetName[] = ['typescript', 'wasm']

interface Measured {
  /** Seconds from the spec's text to the module's. */
  readonly compiling: number
  readonly megabytes: number
  /** The loss after a step. */
  readonly loss: number
}

async function measure(text: string, target: TargetName): Promise<Measured> {
  const file = 'depth.net.yaml'
  const begin = performance.now()
  const network = await loadNetwork(readSpecText({ file, text: `${text}\ntrain: { batch: 4, optimizer: sgd }` }))
  const module = await compile(network, file, { target })
  const compiling = (performance.now() - begin) / 1000
  const { createTrainer } = await instantiate(module.text)
  const ones = (ports: typeof network.inputs) =>
    new Float64Array(4 * ports[0]!.shape.reduce((product, extent) => product * extent, 1)).fill(1)
  const loss = createTrainer({ seed: 1 }).step(ones(network.inputs), ones(network.targets))
  return { compiling, megabytes: module.text.length / 1e6, loss }
}

/** The same in a process of its own. */
async function measureApart(text: string, target: TargetName): Promise<Measured> {
  const child = fork(jiti, [fileURLToPath(import.meta.url)], { serialization: 'advanced' })
  child.send([text, target])
  const [answer] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`a compilation ended with ${code}`))),
  ])) as [Measured]
  child.disconnect()
  return answer
}

if (process.send) {
  process.once('message', (message) => {
    void measure(...(message as Parameters<typeof measure>)).then((answer) => process.send!(answer))
  })
} else {
  console.log(
    `| network | target | ${sizes.map((size) => size.toLocaleString('en')).join(' | ')} | module | loss of a step |`,
  )
  console.log(`| --- | --- | ${sizes.map(() => '--: | ').join('')}--: | --: |`)
  for (const [name, spec] of Object.entries(specs))
    for (const target of targets) {
      const found: Measured[] = []
      for (const size of sizes) found.push(await measureApart(spec(size), target))
      const { megabytes, loss } = found.at(-1)!
      const times = found.map(({ compiling }) => `${compiling.toFixed(1)} s`).join(' | ')
      console.log(`| ${name} | ${target} | ${times} | ${megabytes.toFixed(1)} MB | ${loss.toPrecision(3)} |`)
    }
}
