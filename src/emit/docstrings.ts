import { Fault } from '../base/fault.ts'
import { decimal } from './literal.ts'
import type { ModuleDescription } from './description.ts'
import { exampleData, examplePrediction, neededOptions } from './examples.ts'
import { givenText, predictedText } from './samples.ts'
import { known } from './told.ts'

/*
 * What docstrings in src/runtime and templates tell of one network: `{{x}}` stands there for a text, or for lines, each of which begins
 * as the slot's.
 */

export type Told = ReturnType<typeof toldOf>

/** The texts of all slots. */
export function toldOf(module: ModuleDescription) {
  const { name, batch, epochs, inputs, targets } = module
  const needed = neededOptions(module)
  return {
    x: givenText(inputs),
    y: givenText(targets),
    known: givenText(known(module)),
    output: predictedText(module),
    batch: decimal(batch),
    epochs: decimal(epochs),
    file: `await (await fetch('${name}.safetensors')).arrayBuffer()`,
    data: exampleData(module),
    prediction: examplePrediction(module),
    modelOptions: needed && `{ ${needed} }`,
    trainerOptions: `{ ${[needed, 'seed: 1'].filter(Boolean).join(', ')} }`,
  }
}

/** A text with its slots filled. Fault: it has one that there is none of. */
export function filled(text: string, told: Told): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, slot: string, at: number) => {
    const value = (told as Readonly<Record<string, string | readonly string[] | undefined>>)[slot]
    if (value === undefined) throw new Fault(`A docstring has the slot ${slot}, which nothing fills.`)
    const before = text.slice(text.lastIndexOf('\n', at) + 1, at)
    return typeof value === 'string' ? value : value.join(`\n${before}`)
  })
}
