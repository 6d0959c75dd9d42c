import picocolors from 'picocolors'
import type { CompiledModule } from '../compile.ts'

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

/** A time as `0.42 s`. */
export function secondsOf(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`
}
