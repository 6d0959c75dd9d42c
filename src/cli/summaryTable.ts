import picocolors from 'picocolors'
import { bytesOf } from '../base/precision.ts'
import type { Measures } from '../host/measure.ts'
import { aligned } from './aligned.ts'
import { isCompiled, type Compiled, type Place } from './modules.ts'
import { numberOf, secondsOf, showsColor } from './report.ts'

/** What became of a module. */
export type State = 'new' | 'changed' | 'up to date'

export interface Row {
  readonly module: Compiled | Place
  readonly state: State
  readonly measures?: Measures
}

type Figure = (module: Compiled, measures?: Measures) => number | undefined

const bytes = ({ description: { precision } }: Compiled, length: number): number => length * bytesOf[precision]

/** What is known of a module that was compiled, each under its title. One that no module has is left out. */
const figures: Readonly<Record<string, Figure>> = {
  parameters: ({ description }) => description.parameters.reduce((sum, { size }) => sum + size, 0),
  'operations a step': ({ description }) => description.operations,
  'more for less memory': ({ description }) => description.recomputation?.operations,
  'bytes of arena': (module) => bytes(module, module.description.arena.trainerLength),
  source: ({ text }) => text.length,
  minified: (_, measures) => measures?.minified,
  gzipped: (_, measures) => measures?.gzipped,
  WebAssembly: ({ binary }) => binary?.length,
  // Within a module it is part of what is gzipped.
  'WebAssembly gzipped': ({ description: { wasm } }, measures) =>
    wasm?.placement === 'file' ? measures?.wasmGzipped : undefined,
}

/** For people: a row for each module, with what it takes where that is known, and a last line on all of them. */
export function summaryTable(rows: readonly Row[]): string {
  const paint = picocolors.createColors(showsColor(process.stdout))
  const known = Object.entries(figures).flatMap(([title, figure]) => {
    const values = rows.map(({ module, measures }) => (isCompiled(module) ? figure(module, measures) : undefined))
    return values.some((value) => value !== undefined)
      ? [[title, ...values.map((value) => value?.toLocaleString('en') ?? '')]]
      : []
  })
  const times = rows.map(({ module }) => (isCompiled(module) ? secondsOf(millisecondsOf(module)) : ''))
  const numbers = known.length > 0 ? [...known, ['time', ...times]] : []
  const columns = [
    aligned(['', ...rows.map(({ module }) => module.path)], 'padEnd'),
    aligned(['', ...rows.map(({ state }) => state)], 'padEnd'),
    ...numbers.map((column) => aligned(column, 'padStart')),
  ]
  const line = (k: number, ...paints: readonly ((text: string) => string)[]) =>
    columns.map((column, c) => paints[c]?.(column[k]!) ?? column[k]!).join('  ')
  const lines = rows.map(({ state }, k) => line(k + 1, paint.bold, colorOf(state)).trimEnd())
  return [...(numbers.length > 0 ? [paint.dim(line(0))] : []), ...lines, paint.bold(countsOf(rows))].join('\n')
}

/** For people: what became of a module, as it does. @param clock what time it is */
export function changeLine({ module, state }: Row, clock: string): string {
  const { dim, bold } = picocolors.createColors(showsColor(process.stdout))
  const time = isCompiled(module) ? ` in ${secondsOf(millisecondsOf(module))}` : ''
  return `${dim(clock)}  ${bold(module.path)}  ${colorOf(state)(state)}${time}`
}

function colorOf(state: State): (text: string) => string {
  const { green, yellow, dim } = picocolors.createColors(showsColor(process.stdout))
  return { new: green, changed: yellow, 'up to date': dim }[state]
}

function millisecondsOf({ timings }: Compiled): number {
  return timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
}

/** `2 modules: 1 new, 1 up to date, in 1.20 s`: the time of the whole process. */
function countsOf(rows: readonly Row[]): string {
  const counts = (['new', 'changed', 'up to date'] as const).flatMap((state) => {
    const count = rows.filter((row) => row.state === state).length
    return count > 0 ? [`${count} ${state}`] : []
  })
  return `${numberOf(rows.length, 'module')}: ${counts.join(', ')}, in ${secondsOf(performance.now())}`
}
