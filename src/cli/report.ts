import picocolors from 'picocolors'
import { bytesOf } from '../base/precision.ts'
import type { CompiledModule } from '../compile.ts'
import type { Measures } from '../host/measure.ts'

/** One line on a module: what it is, what it takes, and its sizes; the measured ones too if they are given. */
export function summary(path: string, { description, text, binary }: CompiledModule, measures?: Measures): string {
  const { parameters, operations, arena, precision, recomputation, wasm } = description
  const count = parameters.reduce((sum, { size }) => sum + size, 0)
  const number = (value: number) => value.toLocaleString('en')
  const bytes = (length: number) => number(length * bytesOf[precision])
  const isBeside = wasm?.placement === 'file'
  return [
    `${picocolors.createColors(showsColor(process.stdout)).bold(path)}: ${number(count)} parameters`,
    `${number(operations)} operations a step`,
    `${bytes(arena.trainerLength)} bytes of arena`,
    ...(recomputation
      ? [`${number(recomputation.operations)} more operations in place of ${bytes(recomputation.storedLength)} bytes`]
      : []),
    `${number(text.length)} bytes of source`,
    ...(measures ? [`${number(measures.minified)} minified`, `${number(measures.gzipped)} gzipped`] : []),
    ...(binary ? [`${number(binary.length)} bytes of WebAssembly ${isBeside ? 'beside' : 'in'} it`] : []),
    ...(isBeside && measures?.wasmGzipped ? [`${number(measures.wasmGzipped)} gzipped`] : []),
  ].join(', ')
}

/** A number of things, as `1 module` or `2 modules`. */
export function numberOf(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

/** Two lines on each kernel: what it computes and for which programs, then its axes and what was chosen for them. */
export function kernels({ name, kernels }: CompiledModule['description']): string {
  const lines = kernels.flatMap(({ name, equations, programs, loops }) => {
    const [first, second, ...others] = equations
    const more = others.length > 0 ? [`and ${others.length} more`] : []
    const computed = [first, second, ...more].filter((part) => part !== undefined).join('; ')
    return [`${name} (${programs.join(', ')}): ${computed}`, `    ${loops}`]
  })
  return [`${name} kernels`, ...lines.map((line) => `  ${line}`)].join('\n')
}

/** One line: how long each pass took. */
export function passTimes({ description: { name }, timings }: CompiledModule): string {
  return `${name} passes: ${timings.map(({ pass, milliseconds }) => `${pass} ${milliseconds.toFixed(1)} ms`).join(', ')}`
}

/** A terminal that wants colours. picocolors alone would also colour the logs of continuous integration and what is piped there. */
export function showsColor(stream: NodeJS.WriteStream): boolean {
  return Boolean(stream.isTTY) && picocolors.isColorSupported
}
