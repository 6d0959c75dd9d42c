import type { ModuleDescription } from './description.ts'
import { finish } from './finish.ts'
import { inlineRuntime } from './inline.ts'
import { measure, type Measures } from './measure.ts'
import { render } from './render.ts'
import { stamp } from './stamp.ts'
import { absentCalls, moduleView, runtimeRoots } from './view.ts'

export interface EmittedModule {
  /** The whole file's text. */
  readonly text: string
  readonly measures: Measures
}

/** The standalone module of a description. Fault: it doesn't pass its checks. */
export async function emitModule(description: ModuleDescription): Promise<EmittedModule> {
  const text = stamp(await finish(await renderModule(description)))
  return { text, measures: await measure(text) }
}

/** The module's text as the template gives it, unchecked and unformatted. */
export async function renderModule(description: ModuleDescription): Promise<string> {
  return render(moduleView(description, await inlineRuntime(runtimeRoots(description), absentCalls(description))))
}
