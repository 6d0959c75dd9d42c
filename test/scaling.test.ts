import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { describeModule } from '../src/compile.ts'
import { renderModule } from '../src/emit/emit.ts'
import { loadNetwork } from '../src/language/networks/network.ts'
import { readSpecText } from '../src/language/text/read.ts'

const describeSpec = async (text: string) =>
  describeModule(await loadNetwork(readSpecText({ file: 'test.net.yaml', text })), 'test.net.yaml')
const functionsOf = ({ sections }: Awaited<ReturnType<typeof describeSpec>>) =>
  sections.flatMap(({ functions }) => functions)
const stack = (widths: readonly number[]) =>
  `{ input: 16, layers: [${widths.map((width) => `linear: ${width}, relu`).join(', ')}, linear: 4], loss: mse, train: { optimizer: sgd } }`

describe('source', () => {
  test('of equal layers is one set of functions, however many there are', async () => {
    const [few, many] = await Promise.all(
      [10, 200].map((count) => describeSpec(stack(new Array<number>(count).fill(16)))),
    )
    expect(functionsOf(many!)).toHaveLength(functionsOf(few!).length)
    expect(many!.programs.gradient.calls.length / few!.programs.gradient.calls.length).toBeLessThan(20)
  })

  test('of different layers grows with their number, not with their widths', async () => {
    const size = async (count: number, from: number) => {
      const widths = Array.from({ length: count }, (_, k) => from + 5 * k)
      return functionsOf(await describeSpec(stack(widths))).join('\n').length
    }
    expect(await size(40, 20)).toBeLessThan(4.4 * (await size(10, 20)))
    // Sums of over 256 terms are sums of sums.
    expect(await size(10, 2000)).toBeLessThan(1.2 * (await size(10, 300)))
  })

  test('of a recurrent layer is the same, however many times it runs', async () => {
    const size = async (times: number) =>
      functionsOf(
        await describeSpec(
          `{ input: [${times}, 32], layers: [lstm: 32, linear: 4], loss: mse, train: { optimizer: sgd } }`,
        ),
      ).join('\n').length
    expect(Math.abs((await size(500)) / (await size(16)) - 1)).toBeLessThan(0.06)
  })

  test('of convolutions is the same, whatever their channels', async () => {
    const size = async (channels: number) =>
      functionsOf(
        await describeSpec(
          `{ input: [8, 20, 20], layers: [conv2d: { channels: ${channels}, kernel: 3, padding: same }, relu, maxPool2d: 2, conv2d: { channels: ${channels}, kernel: 3 }, flatten, linear: 4], loss: mse, train: { optimizer: sgd } }`,
        ),
      ).join('\n').length
    expect((await size(128)) / (await size(16))).toBeLessThan(1.15)
  })

  test('of a linear layer of 4096 × 4096 is as short as that of a small one', async () => {
    const text = functionsOf(
      await describeSpec('{ input: 4096, layers: [linear: 4096], loss: mse, train: { optimizer: sgd } }'),
    ).join('\n')
    expect(text.length).toBeLessThan(12_000)
  })
})

describe("V8's limit of 61,440 bytes of bytecode a function", () => {
  const specs = {
    digits:
      '{ input: 784, layers: [linear: 128, relu, linear: 10], loss: crossEntropy, train: { batch: 32, optimizer: sgd } }',
    recurrent:
      '{ input: [16, 32], layers: [lstm: { units: 32, sequences: true }, gru: 32, linear: 10], loss: crossEntropy, train: { optimizer: sgd } }',
    convolutional:
      '{ input: [1, 28, 28], layers: [conv2d: { channels: 8, kernel: 3 }, relu, maxPool2d: 2, conv2d: { channels: 16, kernel: 3 }, relu, maxPool2d: 2, flatten, linear: 10], loss: crossEntropy, train: { optimizer: sgd } }',
    xor: '{ input: 2, layers: [linear: 8, tanh, linear: 1], loss: mse, train: { batch: 4, optimizer: sgd } }',
    activations: `{ input: 8, layers: [${new Array(60).fill('gelu, mish').join(', ')}, linear: 3], loss: mse, train: { optimizer: sgd } }`,
    softmax:
      '{ input: [7, 9], layers: [linear: 33, softmax, linear: 17, logSoftmax, flatten], loss: { huber: 0.5 }, train: { optimizer: adam } }',
  }
  test.each(Object.entries(specs))('%s stays below half of it', async (_, spec) => {
    const lengths = await bytecodeLengths(await renderModule(await describeSpec(spec)))
    expect(lengths.length).toBeGreaterThan(5)
    expect(Math.max(...lengths)).toBeLessThan(61_440 / 2)
  })
})

/** The bytecode length of each kernel that a step runs, and of what holds those that are written in place, as V8 prints it. */
async function bytecodeLengths(text: string): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tapeless-'))
  try {
    const { code } = await transform(text, { loader: 'ts', format: 'esm' })
    const run = `
      const size = (shape) => shape.reduce((product, extent) => product * extent, 1)
      const { input, target, batch } = network
      createTrainer().step(new Float32Array(batch * size(input)), new Float32Array(batch * size(target)))`
    writeFileSync(join(folder, 'module.mjs'), code + run)
    const printed = execFileSync(process.execPath, ['--print-bytecode', join(folder, 'module.mjs')], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    })
    return [
      ...printed.matchAll(
        /\[generated bytecode for function: (?:forward|adjoint|gradient|loss_sum|update|differentiateBatch)[^]*?Bytecode length: (\d+)/g,
      ),
    ].map(([, length]) => Number(length))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
