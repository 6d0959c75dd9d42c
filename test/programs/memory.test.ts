import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { SpecError } from '../../src/base/errors.ts'
import { compile, describeModule, lowerNetwork } from '../../src/compile.ts'
import { programNamed, stepsOf } from '../../src/programs/program.ts'
import { chooseReruns } from '../../src/loops/memory/checkpoints.ts'
import type { Step } from '../../src/loops/notation/kernel.ts'
import { liveIntervals, planMemory } from '../../src/loops/memory/plan.ts'
import { operationsOf } from '../../src/loops/memory/operations.ts'
import { forwardPass, withReruns } from '../../src/loops/memory/recompute.ts'
import type { Network } from '../../src/language/networks/network.ts'
import { load } from '../language/marked.ts'

const batch = 64

type Goal = Network['emit']['memory']

/** A network under a memory goal, lowered. */
async function lowered(layers: string, memory: Goal, input = '8') {
  const network = await load(
    `{ input: ${input}, layers: [${layers}], loss: mse, train: { batch: ${batch}, optimizer: sgd }, emit: { memory: ${JSON.stringify(memory)} } }`,
  )
  return lowerNetwork(network)
}

type Lowered = Awaited<ReturnType<typeof lowered>>
const stepsIn = ({ programs }: Lowered, name: string) => stepsOf(programNamed(programs, name))

const stack = (depth: number) => new Array<string>(depth).fill('linear: 8, tanh').join(', ')
const costOf = (steps: readonly Step[]) => steps.reduce((sum, step) => sum + operationsOf(step, batch), 0)

/** The arena less parameters and gradients, in activations of one layer. */
function activations({ network, memory }: Lowered): number {
  const parameters = network.parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
  return (memory.length - 2 * parameters) / (8 * batch)
}

/** The gradient's program, all stored, and the planner for other ways to run it. */
function planned(code: Lowered) {
  const { network, training, buffers, arrangement } = code
  const [predict, loss, gradient] = ['predict', 'loss', 'gradient'].map((name) => stepsIn(code, name))
  const bufferOf = ({ node }: Network['inputs'][number]) => buffers.get(node)!
  const results = [arrangement.lossSum]
  const place = (steps: readonly Step[]) =>
    planMemory(
      [],
      [
        { steps: predict!, results: [buffers.get(training.outputs[0]!)!] },
        { steps: loss!, results },
        { steps, results },
      ],
      network.inputs.map(bufferOf),
      network.targets.map(bufferOf),
      [],
      batch,
    )
  return { program: { steps: gradient!, results }, place }
}

describe('64 layers', () => {
  test('stored take memory for each, recomputed for the square root of their number', async () => {
    const measured: Record<number, [stored: number, recomputed: number]> = {}
    for (const depth of [16, 64, 256])
      measured[depth] = [
        activations(await lowered(stack(depth), 'store')),
        activations(await lowered(stack(depth), 'recompute')),
      ]
    for (const [depth, [stored, recomputed]] of Object.entries(measured)) {
      expect(stored).toBeGreaterThan(Number(depth))
      // Two batches of data; then as many kept activations as there are segments, one segment's, and two adjoints.
      expect(recomputed).toBeLessThan(2 * Math.sqrt(Number(depth)) + 4)
    }
    expect(measured[256]![0] / measured[16]![0]).toBeGreaterThan(13)
    expect(measured[256]![1] / measured[16]![1]).toBeLessThan(4)
  }, 60_000)

  test('run again once at most: no more operations than another forward pass', async () => {
    const code = await lowered(stack(64), 'recompute')
    const steps = stepsIn(code, 'gradient')
    const runs = new Map<Step, number>()
    for (const step of steps) runs.set(step, (runs.get(step) ?? 0) + 1)
    expect(Math.max(...runs.values())).toBe(2)
    const extra = costOf(steps) - costOf([...runs.keys()])
    expect(code.recomputation!.operations).toBe(extra)
    expect(extra).toBeLessThanOrEqual(costOf(stepsIn(code, 'loss')))
  })

  test('stay within any budget that is possible, with fewer operations the larger it is', async () => {
    const bytes = async (memory: Goal) => 4 * (await lowered(stack(64), memory)).memory.length
    const [least, most] = [await bytes('recompute'), await bytes('store')]
    const operations: number[] = []
    for (const share of [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999, 1]) {
      const budget = Math.floor(least + share * (most - least))
      const code = await lowered(stack(64), { budget })
      expect(4 * code.memory.length).toBeLessThanOrEqual(budget)
      operations.push(code.recomputation?.operations ?? 0)
    }
    expect(operations).toEqual([...operations].sort((a, b) => b - a))
    expect(operations.at(-2)).toBeGreaterThan(0)
    expect(operations.at(-1)).toBe(0)
  }, 60_000)
})

describe('of all choices there are', () => {
  test.each([
    ['equal layers', `${stack(9)}, linear: 1`, '8'],
    [
      'layers of many widths',
      `${[32, 8, 64, 16, 48, 4, 32, 16].map((width) => `linear: ${width}, tanh`).join(', ')}, linear: 1`,
      '16',
    ],
    ['a residual block', 'linear: 8, relu, residual: [layerNorm, linear: 32, gelu, linear: 8], linear: 1', '8'],
    ['attention', 'residual: [layerNorm, { attention: 2 }], linear: 1', '[4, 8]'],
  ])(
    '%s get the one that takes least, and nearly the cheapest within a budget',
    async (_, layers, input) => {
      const { program, place } = planned(await lowered(layers, 'store', input))
      const forward = forwardPass(program)
      const buffers = [...forward.producers.keys()]
      const all = Array.from({ length: 2 ** buffers.length }, (_, choice) => {
        const kept = buffers.filter((_, k) => (choice >> k) & 1)
        const steps = withReruns(program.steps, forward, new Set(kept))
        return { length: place(steps).length, operations: costOf(steps) - costOf(program.steps) }
      })
      const cheapest = (limit: number) =>
        Math.min(...all.filter(({ length }) => length <= limit).map(({ operations }) => operations))
      const least = Math.min(...all.map(({ length }) => length))
      const stored = place(program.steps).length
      expect(least).toBeLessThan(stored)

      const shortest = chooseReruns(program, 'recompute', batch, place)
      expect(shortest.plan.length).toBe(least)
      expect(shortest.operations).toBe(cheapest(least))
      const costs = [0.1, 0.25, 0.5, 0.75, 0.9].map((share) => {
        const budget = Math.floor(least + share * (stored - least))
        const within = chooseReruns(program, { budget }, batch, place)
        expect(within.plan.length).toBeLessThanOrEqual(budget)
        return within.operations / cheapest(budget)
      })
      expect(costs.filter((cost) => cost === 1).length).toBeGreaterThanOrEqual(4)
      expect(Math.max(...costs)).toBeLessThan(1.5)
      expect(chooseReruns(program, { budget: least - 1 }, batch, place).plan.length).toBe(least)
    },
    60_000,
  )
})

test.each(['least', 'half'] as const)(
  '%s of the memory is found by planning a few ways, however many layers there are',
  async (goal) => {
    const plans = async (depth: number) => {
      const { program, place } = planned(await lowered(stack(depth), 'store'))
      let count = 0
      const order = new Map(program.steps.map((step, k) => [step, k]))
      const ways = new Set<string>()
      const counted = (steps: readonly Step[]) => {
        count++
        ways.add(steps.map((step) => order.get(step)).join())
        return place(steps)
      }
      const budget = Math.floor(place(program.steps).length / 2)
      chooseReruns(program, goal === 'least' ? 'recompute' : { budget }, batch, counted)
      expect(ways.size).toBe(count)
      return count
    }
    const [few, many] = [await plans(40), await plans(240)]
    expect(few).toBeLessThan(200)
    expect(many).toBeLessThan(300)
  },
  60_000,
)

describe('the spec', () => {
  const spec = (emit: string) =>
    `input: 8\nlayers: [${stack(6)}, linear: 1]\nloss: mse\ntrain: { batch: ${batch}, optimizer: sgd }\nemit: { ${emit} }`
  const described = async (emit: string, precision?: 'f32' | 'f64') =>
    describeModule(await load(spec(emit)), 'test.net.yaml', precision ? { precision } : {})

  test('that says store says nothing new', async () => {
    expect(await described('memory: store')).toEqual(await described('precision: f32'))
  })

  test('that allows for all stored gets that', async () => {
    const stored = await described('precision: f32')
    const allowed = await described(`memory: { budget: ${4 * stored.arena.trainerLength} }`)
    expect({ ...allowed, specHash: stored.specHash }).toEqual(stored)
    const less = await described(`memory: { budget: ${4 * stored.arena.trainerLength - 1} }`)
    expect(less.arena.trainerLength).toBeLessThan(stored.arena.trainerLength)
    expect(less.recomputation).toMatchObject({ storedLength: stored.arena.trainerLength })
  })

  test('whose budget is too small is told the least, where it says so, in bytes of the precision in force', async () => {
    const least = (await described('memory: recompute')).arena.trainerLength
    expect((await described(`memory: { budget: ${4 * least} }`)).arena.trainerLength).toBe(least)
    for (const [bytes, precision] of [
      [4, 'f32'],
      [8, 'f64'],
    ] as const) {
      const network = await load(spec(`memory: { budget: ${bytes * least - 1} }`))
      const refused = await compile(network, 'test.net.yaml', { precision }).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(SpecError)
      expect((refused as SpecError).diagnostics).toMatchObject([
        { code: 'out-of-range', line: 5, column: 27, length: String(bytes * least - 1).length },
      ])
      expect((refused as SpecError).message).toContain(`expected at least ${bytes * least} bytes`)
    }
    expect((await described(`memory: { budget: ${8 * least} }`, 'f64')).arena.trainerLength).toBe(least)
  })

  test('of a network with nothing to compute again stores', async () => {
    for (const layers of ['[linear: 2]', '[flatten]']) {
      const text = `{ input: 3, layers: ${layers}, loss: mse, train: { optimizer: sgd }, emit: { memory: recompute } }`
      expect(await describeModule(await load(text), 'test.net.yaml')).not.toHaveProperty('recomputation')
    }
  })

  test('shows in the header what it saves and costs', async () => {
    const { text, description } = await compile(await load(spec('memory: recompute')), 'test.net.yaml')
    const { storedLength, operations } = description.recomputation!
    const number = (value: number) => value.toLocaleString('en')
    expect(text).toContain(`// ${number(4 * description.arena.trainerLength)} bytes of memory a trainer, `)
    expect(text).toContain(`// A trainer that stored all activations would take ${number(4 * storedLength)} bytes`)
    const percent = Math.round((100 * operations) / description.operations)
    expect(text).toContain(`// at the cost of ${number(operations)} more operations a step (${percent} %).`)
    expect((await compile(await load(spec('precision: f32')), 'test.net.yaml')).text).not.toContain('stored all')
  }, 30_000)
})

describe('docs/memory.md', () => {
  const page = readFileSync(new URL('../../docs/memory.md', import.meta.url), 'utf8')

  test('shows which activations are alive when', async () => {
    const picture = async (memory: Goal) => {
      const code = await lowered(`${stack(9)}, linear: 1`, memory)
      const steps = stepsIn(code, 'gradient')
      const live = liveIntervals({ steps, results: [code.arrangement.lossSum] })
      const rows = [...code.training.names.symbols].flatMap(([node, name]) => {
        const buffer = code.buffers.get(node)
        if (!/^h\d$/.test(name) || !buffer) return []
        const marks = steps.map((_, time) => {
          const interval = live.get(buffer)!.find(([from, to]) => from <= time && time <= to)
          return !interval ? '·' : interval[0] === time ? '█' : '─'
        })
        return [`${name} ${marks.join('')}`]
      })
      const bytes = 4 * code.memory.length
      return `${String(code.network.emit.memory)}: ${bytes.toLocaleString('en')} bytes\n\n${rows.join('\n')}\n`
    }
    for (const memory of ['store', 'recompute'] as const) expect(page).toContain(await picture(memory))
  })

  test('tells what 64 layers take', async () => {
    const number = (value: number) => value.toLocaleString('en')
    const row = async (memory: Goal) => {
      const goal = typeof memory === 'string' ? memory : `{ budget: ${memory.budget} }`
      const layers = `${stack(64)}, linear: 1`
      const text = `{ input: 8, layers: [${layers}], loss: mse, train: { batch: ${batch}, optimizer: sgd }, emit: { memory: ${goal} } }`
      const { arena, operations, recomputation } = await describeModule(await load(text), 'test.net.yaml')
      const more = recomputation?.operations ?? 0
      return [
        `\`${goal}\``,
        number(4 * arena.trainerLength),
        number(more),
        `${Math.round((100 * more) / operations)} %`,
      ]
    }
    const table = page.split('\n').filter((line) => line.startsWith('| `'))
    const cells = table.map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    const goals: Goal[] = ['store', { budget: 120000 }, { budget: 90000 }, 'recompute']
    expect(cells).toEqual(await Promise.all(goals.map(row)))
  }, 30_000)
})
