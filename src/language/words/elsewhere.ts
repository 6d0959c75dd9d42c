import { plainSpelling } from '../../base/name.ts'

const optimizer = 'it belongs to the optimizer: write optimizer: { adam: { learningRate: 0.01 } } with it'
const activation = 'an activation is a layer of its own: write `- relu` below this layer'
const training = 'it belongs to train: write it there, as in train: { batch: 32, epochs: 10 }'
const emission = 'it belongs to emit: write it there, as in emit: { target: wasm, precision: f32 }'
const stopping = 'write train: { patience: 10 }, the number of epochs to wait for an improvement'
const reports = 'it belongs beside loss: write it there, as in metrics: [accuracy]'
const held = 'give it where it is trained: fit(x, y, { validation: { x, y } }), or tapeless train --validation 0.2'
/** What to write instead, and the keys in place of which, in plain spelling. */
export const advised: readonly (readonly [advice: string, ...keys: string[]])[] = [
  [optimizer, 'learningrate', 'lr', 'momentum', 'weightdecay', 'beta1', 'beta2', 'nesterov'],
  [activation, 'activation', 'activationfunction', 'nonlinearity'],
  [training, 'batch', 'batchsize', 'epochs', 'optimizer', 'schedule', 'scheduler', 'clip', 'patience'],
  [emission, 'target', 'precision', 'dtype', 'math', 'memory'],
  [reports, 'metrics', 'metric'],
  [held, 'validation', 'validationsplit', 'validationdata'],
  [stopping, 'earlystopping', 'earlystop', 'callbacks'],
]

/** Keys that people write where they have no meaning, in plain spelling, and what to write instead. */
const advice: ReadonlyMap<string, string> = new Map(
  advised.flatMap(([text, ...keys]) => keys.map((key) => [key, text] as const)),
)

/** What to write instead of a key that has its meaning elsewhere; undefined for any other key. */
export function adviceFor(key: string): string | undefined {
  return advice.get(plainSpelling(key))
}
