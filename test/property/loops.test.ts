import fc from 'fast-check'
import { test } from 'vitest'
import type { Axis, Step } from '../../src/loops/notation/kernel.ts'
import { batchMultiple } from '../../src/loops/notation/padding.ts'
import { packOperands } from '../../src/loops/schedule/pack.ts'
import { scheduleKernel } from '../../src/loops/schedule/choose.ts'
import type { TargetCosts } from '../../src/loops/schedule/costs.ts'
import { isWritable } from '../../src/loops/schedule/space.ts'
import { typescriptCosts } from '../../src/targets/typescript/costs.ts'
import { forwardPass, withReruns } from '../../src/loops/memory/recompute.ts'
import { interpretCalls, runLoops, type Packer, type Rerunner, type Scheduler } from './loops.ts'
import { networks, uniformRandom } from './network.ts'
import { expectAgreement } from './runner.ts'

const seeds = fc.nat()

const costs: fc.Arbitrary<TargetCosts> = fc.record({
  registers: fc.integer({ min: 1, max: 40 }),
  load: fc.double({ min: 0, max: 5, noNaN: true }),
  turn: fc.double({ min: 0, max: 20, noNaN: true }),
  far: fc.record({
    cost: fc.double({ min: 0, max: 50, noNaN: true }),
    distance: fc.integer({ min: 1, max: 20 }),
    turns: fc.integer({ min: 1, max: 9 }),
  }),
  negligible: fc.constant(0),
  unrolled: fc.integer({ min: 0, max: 100 }),
  lanes: fc.constant(1),
  sizes: fc.constant(typescriptCosts.sizes),
})

const scheduler: Scheduler = (kernel, batch) => scheduleKernel(kernel, typescriptCosts, batch)

test('loops equal the interpreter, as the target schedules them', () => {
  fc.assert(
    fc.property(networks, seeds, (network, seed) => expectAgreement(network, runLoops(network, scheduler), seed)),
    { numRuns: 500 },
  )
})

test('loops equal the interpreter, whatever a target costs', () => {
  fc.assert(
    fc.property(networks, costs, seeds, (network, costs, seed) => {
      const scheduler: Scheduler = (kernel, batch) => scheduleKernel(kernel, costs, batch)
      expectAgreement(network, runLoops(network, scheduler), seed)
    }),
    { numRuns: 500 },
  )
})

test('loops equal the interpreter under any legal schedule', () => {
  fc.assert(
    fc.property(networks, seeds, (network, seed) =>
      expectAgreement(network, runLoops(network, randomScheduler(seed)), seed),
    ),
    { numRuns: 500 },
  )
})

test('loops equal the interpreter, however few numbers a sum adds up one after another', () => {
  fc.assert(
    fc.property(networks, fc.integer({ min: 2, max: 40 }), seeds, (network, longestRun, seed) => {
      expectAgreement(network, runLoops(network, scheduler, { longestRun }), seed, longestRun)
      expectAgreement(network, runLoops(network, randomScheduler(seed), { longestRun }), seed, longestRun)
      const lanes = { longestRun, runnable: interpretCalls }
      expectAgreement(network, runLoops(network, randomLanes(seed), lanes), seed, longestRun)
    }),
    { numRuns: 300 },
  )
})

test('loops equal the interpreter, whatever the gradient keeps and whatever it computes again', () => {
  fc.assert(
    fc.property(networks, seeds, (network, seed) =>
      expectAgreement(network, runLoops(network, scheduler, { rerun: keepSome(seed) }), seed),
    ),
    { numRuns: 500 },
  )
})

test('loops equal the interpreter, when kernels that may run again do so at any time', () => {
  fc.assert(
    fc.property(networks, seeds, (network, seed) =>
      expectAgreement(network, runLoops(network, scheduler, { rerun: runSomeAgain(seed) }), seed),
    ),
    { numRuns: 500 },
  )
})

test('loops in lanes equal the interpreter, whatever a target costs', () => {
  fc.assert(
    fc.property(networks, costs, fc.constantFrom(2, 4), seeds, (network, costs, lanes, seed) => {
      const vectors = { ...costs, lanes }
      const scheduler: Scheduler = (kernel, batch) => scheduleKernel(kernel, vectors, batch)
      const packer: Packer = (batch) => packOperands(vectors, batch)
      expectAgreement(network, runLoops(network, scheduler, { runnable: interpretCalls, packer }), seed)
    }),
    { numRuns: 200 },
  )
})

test('loops in lanes equal the interpreter under any legal schedule', () => {
  fc.assert(
    fc.property(networks, seeds, (network, seed) =>
      expectAgreement(network, runLoops(network, randomLanes(seed), { runnable: interpretCalls }), seed),
    ),
    { numRuns: 200 },
  )
})

/** Any schedule, and any axis as lanes along which a kernel may write. */
function randomLanes(seed: number): Scheduler {
  const random = uniformRandom(seed + 1)
  const any = randomScheduler(seed)
  return (kernel, batch) => {
    const schedule = any(kernel, batch)
    const axes = kernel.parallel.filter((axis) => isWritable(axis, kernel))
    if (axes.length === 0) return schedule
    const axis = axes[Math.floor(random() * axes.length)]!
    const count = random() < 0.5 ? 2 : batchMultiple
    // A step over samples is of whole vectors; what is left of any other stands beside its vectors.
    const steps = new Map(schedule.steps)
    if (axis.extent === 'batch') steps.set(axis, schedule.overrun || random() < 0.5 ? batchMultiple : 2 * batchMultiple)
    return { ...schedule, steps, lanes: { axis, count } }
  }
}

/** Keeps anything from no activation to all of them. */
function keepSome(seed: number): Rerunner {
  const random = uniformRandom(seed)
  const share = random()
  return (program) => {
    const forward = forwardPass(program)
    const kept = [...forward.producers.keys()].filter(() => random() < share)
    return withReruns(program.steps, forward, new Set(kept))
  }
}

/** Puts second and third runs after any step; what that shortens is the planner's to find. */
function runSomeAgain(seed: number): Rerunner {
  const random = uniformRandom(seed)
  const share = 0.2 * random()
  return (program) => {
    const producers = new Set(forwardPass(program).producers.values())
    const ran = new Set<Step>()
    return program.steps.flatMap((step) => {
      ran.add(step)
      const again = [...producers].filter(({ steps }) => steps.every((other) => ran.has(other)) && random() < share)
      return [step, ...again.flatMap(({ steps }) => steps)]
    })
  }
}

/** Any order of the parallel axes and any steps that keep the order of each reduction, overrunning or not where that is allowed. */
function randomScheduler(seed: number): Scheduler {
  const random = uniformRandom(seed)
  const below = (count: number) => Math.floor(random() * count)
  return ({ parallel, sequential, stages }) => {
    const shuffled = [...parallel]
    for (let k = shuffled.length - 1; k > 0; k--) {
      const other = below(k + 1)
      ;[shuffled[k], shuffled[other]] = [shuffled[other]!, shuffled[k]!]
    }
    let inOrder = 0
    const order = shuffled.map((axis) => (sequential.includes(axis) ? sequential[inOrder++]! : axis))
    const overrun =
      random() < 0.5 && stages.every((stage) => stage.kind === 'reduce' || stage.target.buffer.role === 'activation')
    const anyStep = ({ extent }: Axis) => {
      if (extent !== 'batch') return 1 + below(extent)
      return overrun ? [1, 2, batchMultiple][below(3)]! : 1 + below(batchMultiple)
    }
    const steps = new Map(parallel.map((axis) => [axis, sequential.includes(axis) ? 1 : anyStep(axis)]))
    for (const { over } of stages) {
      // Elements side by side of an axis are added up before the next of an axis within, unless that one is written out whole.
      let whole = true
      for (const axis of [...over].reverse()) {
        const step = axis.extent === 'batch' ? 1 + below(batchMultiple) : random() < 0.5 ? axis.extent : anyStep(axis)
        steps.set(axis, whole ? step : 1)
        whole &&= step === axis.extent
      }
    }
    return { order, steps, overrun }
  }
}
