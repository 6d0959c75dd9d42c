import { isModel } from './has.ts'
import { isSeveral } from './objectives.ts'
import { isUnlike } from './told.ts'
import { Fault } from '../base/fault.ts'
import type { ModuleDescription } from './description.ts'

/*
 * Members of the public interfaces that some modules have in another form: most have what stands in src/runtime/interface.ts.
 */

interface Member {
  /** The interface. */
  readonly of: string
  readonly when: (module: ModuleDescription) => boolean
  /** Its line there. */
  readonly plain: string
  readonly text: string
}

const members: readonly Member[] = [
  {
    of: 'Options',
    when: isModel,
    plain: "that fixes start values, shuffling and dropout's masks; 0 unless given.",
    text: 'that fixes start values; 0 unless given.',
  },
  {
    of: 'Model',
    when: isModel,
    plain: [
      '  /** The parameters and buffers as a safetensors file. */',
      '  save(): Uint8Array & { readonly buffer: ArrayBuffer }\n',
    ].join('\n'),
    text: '',
  },
  {
    of: 'Model',
    when: isUnlike,
    plain: '  predict(x: Inputs): Vector',
    text: '  predict(x: Known): Prediction',
  },
  ...['loss', 'gradient', 'step'].map((name): Member => ({
    ...{ of: 'Trainer', when: isSeveral },
    plain: `  ${name}(x: Inputs, y: Targets): number`,
    text: `  ${name}(x: Inputs, y: Targets, objective?: ObjectiveName): number`,
  })),
]

/** An interface's text, as a module has it. Fault: it lacks a member that the module has in another form. */
export function withMembers(name: string, text: string, module: ModuleDescription): string {
  return members
    .filter(({ of, when }) => of === name && when(module))
    .reduce((known, { plain, text: own }) => {
      if (!known.includes(plain)) throw new Fault(`${name} has no member that is written\n${plain}`)
      return known.replace(plain, () => own)
    }, text)
}
