/**
 * The same modules as two versions of tapeless emit them: do they compute the same bits, and how do their steps compare?
 *
 *     npm run versions -- before/ after/        two folders of generated modules
 */
import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Trainer } from '../src/runtime/interface.ts'
import { median } from './statistics.ts'

interface Emitted {
  readonly network: { readonly batch: number; readonly input: readonly number[]; readonly target: readonly number[] }
  createTrainer(): Trainer
}

interface Data {
  readonly x: Float64Array
  readonly y: Float64Array
}

const comparedSteps = 20
const warmUpMilliseconds = 1500
const rounds = 25
const burstMilliseconds = 40

const [before, after] = process.argv.slice(2)
if (!before || !after) throw new Error('usage: npm run versions -- <folder before> <folder after>')
const names = readdirSync(after).filter((name) => name.endsWith('.ts'))
console.log('module               before µs   after µs   after / before')
for (const name of names) {
  const versions: Emitted[] = []
  for (const folder of [before, after])
    versions.push((await import(pathToFileURL(resolve(folder, name)).href)) as Emitted)
  const data = dataFor(versions[0]!)
  const trainers = versions.map((version) => version.createTrainer())
  for (let step = 0; step < comparedSteps; step++) {
    const [a, b] = trainers.map((trainer) => trainer.step(data.x, data.y))
    if (a !== b) throw new Error(`${name}: the losses of step ${step} are ${a} and ${b}`)
  }
  for (const trainer of trainers) burst(trainer, data, warmUpMilliseconds)
  const times: number[][] = []
  for (let round = 0; round < rounds; round++) {
    // Each goes first in half of the rounds.
    const order = round % 2 === 0 ? [0, 1] : [1, 0]
    const pair: number[] = []
    for (const k of order) pair[k] = burst(trainers[k]!, data, burstMilliseconds)
    times.push(pair)
  }
  const [old, fresh] = [0, 1].map((k) => median(times.map((pair) => pair[k]!)))
  const ratio = median(times.map(([a, b]) => b! / a!))
  console.log(
    `${name.padEnd(20)} ${(1000 * old!).toFixed(2).padStart(9)} ${(1000 * fresh!).toFixed(2).padStart(10)} ${ratio.toFixed(3).padStart(16)}`,
  )
}

/** The milliseconds of a step, over steps for about that long. */
function burst(trainer: Trainer, { x, y }: Data, milliseconds: number): number {
  const start = performance.now()
  let steps = 0
  let now = start
  do {
    trainer.step(x, y)
    steps++
    now = performance.now()
  } while (now - start < milliseconds)
  return (now - start) / steps
}

/** One batch: real numbers, or 0 and 1 where whole numbers are wanted. */
function dataFor({ network, createTrainer }: Emitted): Data {
  const { batch, input, target } = network
  const sizeOf = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, batch)
  const real = (size: number) => Float64Array.from({ length: size }, (_, i) => Math.sin(3 * i + 1))
  const whole = (size: number) => Float64Array.from({ length: size }, (_, i) => i % 2)
  const choices = [real, whole].flatMap((xs) =>
    [real, whole].map((ys): Data => ({ x: xs(sizeOf(input)), y: ys(sizeOf(target)) })),
  )
  for (const data of choices) {
    try {
      createTrainer().loss(data.x, data.y)
      return data
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  throw new Error('the module takes neither real nor whole numbers')
}
