import type Handlebars from 'handlebars'
import { built } from './built.ts'
import type { HostSlots, ModuleSlots } from './slots.ts'

/** What each template of a module prints. */
interface Slots {
  readonly host: HostSlots
  readonly module: ModuleSlots
}

/** The text of a module's template with its slots filled. */
export function render<Name extends keyof Slots>(name: Name, slots: Slots[Name]): Promise<string> {
  return fill(built.templates[name], slots)
}

/** The text of a template that the build has compiled, with its slots filled. */
export async function fill(template: object, slots: object): Promise<string> {
  const { default: runtime }: { readonly default: unknown } = await import('handlebars/runtime.js')
  return (runtime as Pick<typeof Handlebars, 'template'>).template(template)(slots)
}
