import { built } from './built.ts'
import type { HostSlots, ModuleSlots } from './slots.ts'

/** What each template prints. */
interface Slots {
  readonly host: HostSlots
  readonly module: ModuleSlots
}

/** A template's text with its slots filled. */
export async function render<Name extends keyof Slots>(name: Name, slots: Slots[Name]): Promise<string> {
  const { default: Handlebars } = await import('handlebars')
  const template = Handlebars.compile(built.templates[name], { noEscape: true, strict: true, knownHelpersOnly: true })
  return template(slots)
}
