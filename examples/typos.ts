/**
 * Marks the typos in lines of a nursery rhyme: a class that is rare, in sequences of different lengths.
 *
 *     npx jiti examples/typos.ts
 */
import { createTrainer, network, type Trainer } from '../generated/typos.ts'
import { createTrainer as createUnweighted } from '../generated/typos-unweighted.ts'
import { largestOf } from './shared/classify.ts'
import { createRandom } from './shared/random.ts'
import { decode, ignored, typeLines } from './typos/lines.ts'

const [length, classes] = network.output
const random = createRandom(0)
const train = typeLines(1000, length, random)
const test = typeLines(1000, length, random)

/** Whether the network marks each character of the new lines; what it says of padding doesn't count. */
const marked = (trainer: Pick<Trainer, 'predict'>) =>
  largestOf(trainer.predict(test.x), classes).map((guess, i) => guess === 1 && test.y[i] !== ignored)

const count = (is: (label: number, i: number) => boolean) => test.y.filter(is).length
const typos = count((label) => label === 1)
const characters = count((label) => label !== ignored)

const percent = (share: number) => `${(100 * share).toFixed(1)} %`
const row = (name: string, ...cells: readonly string[]) =>
  console.log([name.padEnd(15), ...cells.map((cell) => cell.padStart(9))].join('  '))

const weighted = createTrainer()
row('', 'accuracy', 'recall', 'precision')
row('marking nothing', percent(1 - typos / characters))
for (const [name, trainer] of Object.entries({ 'without weights': createUnweighted(), 'with weights': weighted })) {
  trainer.fit(train.x, train.y)
  const marks = marked(trainer)
  const found = count((label, i) => label === 1 && marks[i]!)
  const { accuracy } = trainer.evaluate(test.x, test.y)
  row(name, percent(accuracy), percent(found / typos), percent(found / count((_, i) => marks[i]!)))
}

console.log('\nWith weights: + a typo that was marked, - one that was not, ? a mark where there is none')
const marks = marked(weighted)
const signs = test.y.map((label, i) => (marks[i] ? (label === 1 ? '+' : '?') : label === 1 ? '-' : ' '))
const lines = Array.from({ length: 20 }, (_, line) => [line * length, (line + 1) * length] as const)
for (const [from, to] of lines.filter(([from, to]) => test.y.slice(from, to).includes(1))) {
  console.log(decode(test.x.slice(from, to)))
  console.log(signs.slice(from, to).join('').trimEnd())
}
