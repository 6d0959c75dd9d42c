import { expect, test } from 'vitest'
import { describeKernels } from '../../src/describe/kernels.ts'
import { nameModule, type Names } from '../../src/describe/names.ts'
import { describeSections } from '../../src/describe/sections.ts'
import type { TrainingGraph } from '../../src/calculus/training.ts'
import { exp, input, sin } from '../../src/graph/build.ts'
import type { Equation } from '../../src/graph/equations/form.ts'
import { nameOf } from '../../src/graph/equations/names.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import type { Network } from '../../src/language/networks/network.ts'
import type { Axis, Kernel } from '../../src/loops/notation/kernel.ts'
import type { Call } from '../../src/loops/routine/routine.ts'
import type { LoweredProgram } from '../../src/programs/program.ts'
import type { NamedRoutine } from '../../src/targets/share.ts'

/* Sections and kernels of programs that no spec has: with several titles, and with nothing said of what they do. */

const said = (text: string): Equation => ({ sign: '=', right: { kind: 'words', text } })
const [b, i]: [Axis, Axis] = [
  { label: 'b', extent: 'batch' },
  { label: 'i', extent: 3 },
]
const [node, other] = ['node', 'other'] as unknown as [Node, Node]
const kernel = (of: Node): Kernel => ({
  ...{ parallel: [b, i], sequential: [], stages: [] },
  purpose: { kind: 'compute', nodes: [of] },
})
const [first, second, third] = [kernel(node), kernel(node), kernel(other)]

function program(
  name: string,
  title: string | undefined,
  equations: readonly Equation[] | undefined,
  steps: readonly Kernel[],
) {
  const piece = { results: [], over: 'samples', steps, ...(equations ? { equations } : {}) }
  return { name, ...(title ? { section: { title, kernel: name } } : {}), pieces: [piece] } as unknown as LoweredProgram
}

const programs = [
  program('predict', undefined, [said('x')], [third]),
  program('norm', 'clipping', [said('a')], [first]),
  program('update', 'optimizer', [said('b')], [second]),
  program('decay', 'optimizer', undefined, []),
]

test('a section has the equations and functions of its programs, in their order', () => {
  const network = {
    sections: new Map([
      ['linear0', []],
      ['relu0', []],
    ]),
  } as unknown as Network
  const names = { primals: new Map(), layerOf: new Map([[other, 'linear0']]) } as unknown as Names
  const titles = new Map([
    [first, 'clipping'],
    [second, 'optimizer'],
  ])
  const texts = [kernel(node), second, third, first].map((of, k) => ({ kernel: of, text: `f${k}` }))
  expect(describeSections(network, programs, texts, (of) => titles.get(of), names)).toEqual([
    { title: 'linear0', equations: [], functions: ['f2'] },
    { title: 'loss', equations: [], functions: ['f0'] },
    { title: 'clipping', equations: ['a'], functions: ['f3'] },
    { title: 'optimizer', equations: ['b'], functions: ['f1'] },
  ])
})

test('a kernel has its equations, or those of what it is a part of, the programs that run it, and its axes', () => {
  const routineOf = (name: string, of: Kernel, equations: readonly Equation[], more: Partial<Call> = {}) => {
    const call = { kernel: of, routine: { choice: 'one by one' }, bases: [], ...more } as unknown as Call
    return { name, calls: [call], equations, others: [said('more')] } satisfies NamedRoutine
  }
  const lone = kernel(node)
  const described = describeKernels(
    [
      routineOf('one', third, [said('own')]),
      routineOf('two', second, [], { count: 7 }),
      routineOf('three', lone, []),
      routineOf('four', { ...lone, time: { label: 'time', extent: 5 } }, []),
    ],
    [...programs, program('again', undefined, undefined, [lone, second])],
  )
  expect(described).toEqual([
    { name: 'one', equations: ['own', 'more'], programs: ['predict'], loops: 'for b: batch, i: 3; one by one' },
    { name: 'two', equations: ['b', 'more'], programs: ['update', 'again'], loops: 'for b: 7, i: 3; one by one' },
    { name: 'three', equations: ['more'], programs: ['again'], loops: 'for b: batch, i: 3; one by one' },
    { name: 'four', equations: ['more'], programs: [], loops: 'at each time: 5; for b: batch, i: 3; one by one' },
  ])
})

test('what is cleared has a name, though its kernel is called after another node', () => {
  const graph = new Interner()
  const x = input(graph, 'x', ['batch', 3])
  const [cleared, main] = [exp(x), sin(x)]
  const network = { symbols: new Map(), parameters: [], sections: new Map(), objectives: [] } as unknown as Network
  const naming = { symbols: new Map([[x, 'x']]), adjoints: new Map(), forward: new Set() }
  const training = {
    ...{ primals: new Map(), writes: [], starts: [], simplified: new Map(), names: naming },
    ...{ lossSum: x, training: { lossSum: x } },
  } as unknown as TrainingGraph
  const computing: Kernel = { ...kernel(main), purpose: { kind: 'compute', nodes: [cleared, main] } }
  const clearing: Kernel = { ...kernel(main), purpose: { kind: 'clear', node: cleared, what: 'sums' } }
  const namesIn = (...kernels: readonly Kernel[]) => {
    const { naming } = nameModule(network, { training, derived: [training] }, [kernels])
    return [cleared, main].map((of) => nameOf(of, naming))
  }
  expect(namesIn(computing)).toEqual([undefined, 't0'])
  expect(namesIn(clearing, computing)).toEqual(['t0', 't1'])
})
