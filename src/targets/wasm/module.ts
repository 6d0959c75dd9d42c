import type { Precision } from '../../base/precision.ts'
import type { Kernel } from '../../loops/notation/kernel.ts'
import type { Call } from '../../loops/routine/routine.ts'
import { uniformRow, type Uniform } from '../../loops/notation/uniforms.ts'
import { callsOf, isLoop, type CalledProgram } from '../program.ts'
import { freshName, headingOf, shareRoutines, type Announcement, type NamedRoutine } from '../share.ts'
import { printBody, type Base } from './routine.ts'
import { Functions } from './functions.ts'
import { numbers, type Numbers } from './types.ts'

/** What becomes an exported function. */
export interface Program extends Pick<CalledProgram, 'name' | 'actions'> {
  readonly parameters: readonly Uniform[]
}

export interface PrintedModule {
  readonly wat: string
  /** In order of first use. */
  readonly functions: readonly NamedRoutine[]
  /** Functions of the runtime that the module imports. */
  readonly imports: readonly string[]
}

/** Prints programs as one module in WebAssembly's text format: a function for each kernel and an exported one for each program. */
export function printModule(
  programs: readonly Program[],
  announce: (kernel: Kernel) => Announcement,
  precision: Precision,
): PrintedModule {
  const types = numbers[precision]
  const used = new Functions()
  const calls = [...new Set(programs.flatMap(callsOf))]
  const print = ({ routine }: Call, bases: readonly Base[]) =>
    printBody({ ...routine, bases }, types, (op, kind) => used.nameOf(op, kind))
  const shapeOf = (call: Call) => print(call, argumentsFor(call))

  const taken = new Set<string>()
  const statements = new Map<Call, string>()
  const named: NamedRoutine[] = []
  const functions = shareRoutines(calls, shapeOf, announce).map(({ calls: group, differing, ...shared }) => {
    const [call] = group
    const name = freshName(shared.name, taken)
    const bases: Base[] = call.bases.map((base, position) => (differing[position] ? `base${position}` : base))
    const offsets = bases.filter((base) => typeof base === 'string')
    for (const one of group) {
      const own = one.bases.filter((_, position) => differing[position])
      const given = one.routine.uniforms.map((uniform) =>
        uniform === 'n' && one.count !== undefined ? `(i32.const ${one.count})` : `(local.get $${uniform})`,
      )
      const starts = own.map((base) => `(i32.const ${base * types.bytes})`)
      statements.set(one, `(call $${[name, ...given, ...starts].join(' ')})`)
    }
    const parameters = [
      ...call.routine.uniforms.map(parameter),
      ...offsets.map((offset) => `(param $${offset} i32)`),
    ].join(' ')
    named.push({ ...shared, calls: group, name })
    const heading = [...headingOf(shared), call.routine.choice].map((line) => `;; ${line}`).join('\n')
    return `${heading}\n(func $${name} ${parameters}\n${print(call, bases)})`
  })
  const exported = programs.map((program) => printProgram(program, (call) => statements.get(call)!, types))
  const mathematics = used.print()
  const wat = [
    '(module',
    '(import "tapeless" "memory" (memory 1))',
    ...used.imports.map((name) => `(import "tapeless" "${name}" (func $${name} (param f64 f64) (result f64)))`),
    ...functions,
    ...mathematics,
    ...exported,
    ')',
  ].join('\n')
  return { wat, functions: named, imports: used.imports }
}

function argumentsFor({ bases }: Call): string[] {
  return bases.map((_, position) => `base${position}`)
}

/** Whole numbers are counts or, as the time is, bytes. */
function parameter(name: Uniform): string {
  return `(param $${name} ${uniformRow(name).type === 'double' ? 'f64' : 'i32'})`
}

function printProgram(
  { name, parameters, actions }: Program,
  callOf: (call: Call) => string,
  { bytes }: Numbers,
): string {
  const body = actions.map((run, k) => {
    if (!isLoop(run)) return callOf(run)
    const last = (run.times - 1) * bytes
    const [from, step, more] = run.reverse
      ? [last, -bytes, '(i32.ge_s (local.get $time) (i32.const 0))']
      : [0, bytes, `(i32.le_s (local.get $time) (i32.const ${last}))`]
    return [
      `(local.set $time (i32.const ${from}))`,
      `(loop $over_time${k}`,
      ...run.body.map(callOf),
      `(local.set $time (i32.add (local.get $time) (i32.const ${step})))`,
      `(br_if $over_time${k} ${more}))`,
    ].join('\n')
  })
  const time = actions.some(isLoop) ? ['(local $time i32)'] : []
  return [`(func (export "${name}") ${parameters.map(parameter).join(' ')}`, ...time, ...body, ')'].join('\n')
}
