import type Handlebars from 'handlebars'
import { built } from './built.ts'
import type { HostSlots, ModuleSlots } from './slots.ts'

/** What each template prints. */
interface Slots {
  readonly host: HostSlots
  readonly module: ModuleSlots
}

/** A template's text with its slots filled. */
export async function render<Name extends keyof Slots>(name: Name, slots: Slots[Name]): Promise<string> {
  const { default: runtime }: { readonly default: unknown } = await import('handlebars/runtime.js')
  return (runtime as Pick<typeof Handlebars, 'template'>).template(built.templates[name])(slots)
}
