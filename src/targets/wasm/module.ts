import type { Precision } from '../../base/precision.ts'
import type { Kernel } from '../../loops/notation/kernel.ts'
import type { Call } from '../../loops/routine/routine.ts'
import { uniformRow, type Uniform } from '../../loops/notation/uniforms.ts'
import { FreshNames } from '../../base/name.ts'
import type { Base } from '../locals.ts'
import { callsOf, isLoop, type CalledProgram, type Loop } from '../program.ts'
import { headingOf, shareRoutines, type Announcement, type NamedRoutine, type SharedRoutine } from '../share.ts'
import { arena } from './addresses.ts'
import { printAreFinite } from './finite.ts'
import { Functions } from './functions.ts'
import { printBody } from './routine.ts'
import { numbers, type Numbers } from './types.ts'
import { call, end, exportName, gap, get, i32, lines, parameter, printWat, set, type Item, type Wat } from './wat.ts'

/** What becomes an exported function. */
export interface Program extends Pick<CalledProgram, 'name' | 'actions'> {
  readonly parameters: readonly Uniform[]
}

export interface PrintedModule {
  /** The module as people read it. */
  readonly wat: string
  /** In order of first use. */
  readonly functions: readonly NamedRoutine[]
  /** Functions of the runtime that the module imports. */
  readonly imports: readonly string[]
}

/**
 * Prints programs as one module in WebAssembly's text format: a function for each kernel and an exported one for each program.
 * @param looks whether it has `areFinite` too.
 */
export function printModule(
  programs: readonly Program[],
  announce: (kernel: Kernel) => Announcement,
  precision: Precision,
  looks = false,
): PrintedModule {
  const types = numbers[precision]
  const used = new Functions()
  const print = ({ routine }: Call, bases: readonly Base[]) => printBody({ ...routine, bases }, types, used.apply)
  const shapeOf = (one: Call, bases: readonly Base[]) => printWat(lines(print(one, bases)))

  const names = new FreshNames()
  const statements = new Map<Call, Wat>()
  const named: NamedRoutine[] = []
  const calls = [...new Set(programs.flatMap(callsOf))]
  const kernels = shareRoutines(calls, shapeOf, announce).map((shared): Item[] => {
    const name = names.from(shared.name)
    named.push({ ...shared, name })
    for (const one of shared.calls) statements.set(one, printCall(name, one, shared, types))
    const [first] = shared.calls
    const { routine } = first
    const parameters = [
      parameter(arena, 'i32'),
      ...routine.uniforms.map(uniformParameter),
      ...shared.parameters.map((start) => parameter(start, 'i32')),
    ]
    const heading = [...headingOf(shared), routine.choice].map((comment) => ({ comment }))
    const code = lines(print(first, shared.bases))
    return [...heading, { line: ['func', `$${name}`, ...parameters, ...code] }]
  })
  const exported = programs.map((program) => printProgram(program, (one) => statements.get(one)!, types))
  // Formulas use others, so that all are printed before the imports are known.
  const functions = [...kernels, ...used.print(), ...exported, ...(looks ? [printAreFinite(types)] : [])]
  const imports: Wat[] = used.imports.map((name) => importOf(name, ['func', `$${name}`, ...hosted]))
  const wat = printWat([
    'module',
    ...lines([importOf('memory', ['memory', '1']), ...imports]),
    ...functions.flatMap((one, k) => (k > 0 ? [gap, ...one] : one)),
    end,
  ])
  return { wat, functions: named, imports: used.imports }
}

/** The type of the runtime's functions. */
const hosted: readonly Wat[] = [
  ['param', 'f64', 'f64'],
  ['result', 'f64'],
]

function importOf(name: string, description: Wat): Wat {
  return ['import', '"tapeless"', `"${name}"`, description]
}

/** Whole numbers are counts or, as the time is, bytes. */
function uniformParameter(name: Uniform): Wat {
  return parameter(name, uniformRow(name).type === 'double' ? 'f64' : 'i32')
}

function printCall(name: string, one: Call, { startsOf }: SharedRoutine, { bytes }: Numbers): Wat {
  const given = one.routine.uniforms.map((uniform) => argumentFor(uniform, one))
  return call(name, [get(arena), ...given, ...startsOf(one).map((start) => i32(start * bytes))])
}

/** What a call gives for a uniform. */
function argumentFor(name: Uniform, { count, within }: Call): Wat {
  const value = get(name)
  if (name === 'n' && count !== undefined) return i32(count)
  if (name === 'first' && within!.from > 0) return choose('i32.gt_s', value, within!.from)
  if (name === 'end' && within!.below < Infinity) return choose('i32.lt_s', value, within!.below)
  return value
}

/** The value or the constant, whichever compares so to the other. */
function choose(comparison: string, value: Wat, constant: number): Wat {
  return ['select', value, i32(constant), [comparison, value, i32(constant)]]
}

function printProgram({ name, parameters, actions }: Program, callOf: (call: Call) => Wat, types: Numbers): Item[] {
  const declared = [parameter(arena, 'i32'), ...parameters.map(uniformParameter)]
  const time: Wat[] = actions.some(isLoop) ? [['local', '$time', 'i32']] : []
  const code = actions.flatMap((run, k) =>
    isLoop(run) ? printRepeat(run, `$over_time${k}`, callOf, types) : [callOf(run)],
  )
  return [{ line: ['func', exportName(name), ...declared, ...lines([...time, ...code]), end] }]
}

/** A loop over the times, which count bytes. */
function printRepeat(
  { times, reverse, body }: Loop,
  label: string,
  callOf: (call: Call) => Wat,
  { bytes }: Numbers,
): Wat[] {
  const time = get('time')
  const last = (times - 1) * bytes
  const [from, step, more]: [number, number, Wat] = reverse
    ? [last, -bytes, ['i32.ge_s', time, i32(0)]]
    : [0, bytes, ['i32.le_s', time, i32(last)]]
  const turn = [...body.map(callOf), set('time', ['i32.add', time, i32(step)]), ['br_if', label, more]]
  return [set('time', i32(from)), ['loop', label, ...lines(turn)]]
}
