import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { exactBurgers } from '../../examples/burgers/exact.ts'
import { createTrainer, network } from '../../generated/toy.ts'
import { programs, root, runExample } from './programs.ts'

const printed: Record<string, readonly string[]> = {}

beforeAll(async () => {
  for (const name of programs) printed[name] = await runExample(name)
}, 300_000)

const number = /-?\d+\.\d+(?:e[+-]\d+)?/g
const wording = (line: string) => line.replace(number, '#').replace(/ +/g, ' ')
const numbers = (line: string) => Array.from(line.matchAll(number), ([text]) => Number(text))

/** The lines that examples/README.md promises of each example. */
const promised = Array.from(
  (await readFile(join(root, 'examples/README.md'), 'utf8')).matchAll(/^```text ([\w-]+)\n([^]*?)^```$/gm),
  ([, name, text]) => ({ name: name!, lines: text!.split('\n').filter((line) => line !== '') }),
)

describe('the examples', () => {
  // A processor or a version of Node may round a cosine otherwise, and training then goes a little another way.
  it.each(promised)('$name prints what the README says', ({ name, lines }) => {
    for (const line of lines) {
      const when = /^(?:epoch +\d+|t = [\d.]+)/i.exec(line)?.[0]
      const same = printed[name]!.find((other) => wording(other) === wording(line) && (!when || other.startsWith(when)))
      expect(same, line).toBeDefined()
      numbers(same!).forEach((value, position) =>
        expect(Math.abs(value - numbers(line)[position]!)).toBeLessThan(0.02 + 0.1 * Math.abs(value)),
      )
    }
  })

  it('covers all', () => expect(new Set(promised.map(({ name }) => name))).toEqual(new Set(programs)))

  it('notebook prints each tenth of its 100 epochs, and the last, falling, and says what a loss is the sum of', () => {
    expect(printed.notebook![0]).toBe('The loss of an epoch is the sum over its 10 batches, as the notebook has it.')
    const lines = printed.notebook!.filter((line) => line.startsWith('Epoch'))
    const [epochs, losses] = [1, 2].map((group) =>
      lines.map((line) => Number(/^Epoch ([ \d]{5}), loss (\d+\.\d{3})$/.exec(line)![group])),
    ) as [number[], number[]]
    expect(epochs).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 99])
    expect(losses[0]).toBeGreaterThan(10)
    expect(losses.at(-1)).toBeLessThan(5)
    expect(losses.at(-1)).toBeLessThan(losses[5]!)
  })

  it.each([
    ['spirals', 98],
    ['fixup', 95],
    ['digits', 96],
    ['characters', 87],
    ['characters-lstm', 89],
    ['siamese', 75],
  ])('%s is right about at least %d % of what it was not trained on', (name, least) => {
    const line = printed[name]!.find((line) => /^(\w+: )?right/.test(line))!
    const [, percent] = /.* (\d+\.\d) %/.exec(line)!
    expect(Number(percent)).toBeGreaterThanOrEqual(least)
  })

  it.each(['characters', 'characters-lstm'])("%s goes on in the rhyme's words", async (name) => {
    const words = (text: string) => text.match(/\w+/g)!
    const rhyme = new Set(words(await readFile(join(root, 'examples/characters/house.txt'), 'utf8')))
    const from = printed[name]!.findIndex((line) => line.startsWith('right')) + 1
    const continued = words(printed[name]!.slice(from).join('\n'))
    expect(continued.length).toBeGreaterThan(50)
    expect(continued.filter((word) => rhyme.has(word)).length / continued.length).toBeGreaterThan(0.9)
  })

  it('burgers comes within 1 % of the exact solution at each time', () => {
    const errors = printed.burgers!.filter((line) => line.startsWith('t = ')).map((line) => numbers(line)[1]!)
    expect(errors).toHaveLength(4)
    expect(Math.max(...errors)).toBeLessThan(0.01)
  })

  it('oscillator finds the frequency to 1 % and the damping to 10 %, and goes on within 10 % of the truth', () => {
    const [omega, gamma] = numbers(printed.oscillator!.find((line) => line.startsWith('epoch 5000'))!)
    expect(Math.abs(omega! / 4 - 1)).toBeLessThan(0.01)
    expect(Math.abs(gamma! / 0.3 - 1)).toBeLessThan(0.1)
    const errors = numbers(printed.oscillator!.find((line) => line.startsWith('relative error'))!)
    expect(Math.max(...errors)).toBeLessThan(10)
  })

  it('cartpole balances the pole for all of 500 steps, after hardly any', () => {
    expect(numbers(printed.cartpole![0]!)[0]).toBeLessThan(50)
    expect(printed.cartpole).toContain('after training: 500.0 steps of 500 on average')
  })

  it('vae has new digits cost a sixth of what they did, with fewer than four wrong pixels for ten of ink', () => {
    const bound = (line: string) => numbers(line).at(-1)!
    const epochs = printed.vae!.filter((line) => line.startsWith('epoch'))
    expect(bound(epochs.at(-1)!)).toBeLessThan(bound(printed.vae![0]!) / 6)
    const [wrong, ink] = numbers(printed.vae!.find((line) => line.startsWith('wrong pixels'))!)
    expect(wrong! / ink!).toBeLessThan(0.4)
  })

  it('gan forges points of all eight modes, nine in ten of them near one, after hardly any', () => {
    const shares = (when: string) => numbers(printed.gan!.find((line) => line.startsWith(`forged ${when}`))!)
    const [[before], [near, least, most]] = [shares('before'), shares('after')]
    expect(before).toBeLessThan(10)
    expect(near).toBeGreaterThan(90)
    // An eighth is 12.5 %.
    expect(least).toBeGreaterThan(9)
    expect(most).toBeLessThan(16)
  })

  it('typos finds more of a rare class where it weighs more, at no cost in accuracy', () => {
    const row = (name: string) => numbers(printed.typos!.find((line) => line.startsWith(name))!)
    const [nothing] = row('marking nothing')
    const [[accuracy, recall], [weightedAccuracy, weightedRecall]] = [row('without weights'), row('with weights')]
    expect(accuracy).toBeGreaterThan(nothing! + 1)
    expect(weightedAccuracy).toBeGreaterThan(nothing! + 1)
    expect(weightedRecall).toBeGreaterThan(recall! + 10)
  })

  it('draw well-formed pictures of what was learned', async () => {
    for (const name of [
      'notebook',
      'spirals',
      'digits',
      'burgers',
      'oscillator',
      'cartpole',
      'vae',
      'gan',
      'siamese',
    ]) {
      const svg = await readFile(join(root, 'out', `${name}.svg`), 'utf8')
      expect(svg).toMatch(
        /^<svg [^>]+>\n<style>[^<]+<\/style>\n(<(path|polyline|rect|circle) [^<>]+\/>\n|<text [^<>]+>[^<]*<\/text>\n)+<\/svg>\n$/,
      )
      expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    }
  })
})

describe('the exact solution of Burgers', () => {
  const u = (x: number, t: number) => exactBurgers(0.02, x, t)

  it('begins as a sine and is 0 at both ends', () => {
    for (const x of [-1, -0.3, 0, 0.7]) expect(u(x, 0)).toBeCloseTo(-Math.sin(Math.PI * x), 12)
    for (const t of [0.1, 0.5, 1]) for (const end of [-1, 1]) expect(u(end, t)).toBeCloseTo(0, 12)
  })

  // Central differences are wrong by about h², h = 1e-4, times a third or fourth derivative: up to 1e5 in the front, which is 0.04 wide.
  it('solves the equation, by differences', () => {
    const h = 1e-4
    for (const x of [-0.8, -0.3, -0.02, 0.01, 0.5])
      for (const t of [0.1, 0.4, 0.9]) {
        const ut = (u(x, t + h) - u(x, t - h)) / (2 * h)
        const ux = (u(x + h, t) - u(x - h, t)) / (2 * h)
        const uxx = (u(x + h, t) - 2 * u(x, t) + u(x - h, t)) / h ** 2
        expect(Math.abs(ut + u(x, t) * ux - 0.02 * uxx)).toBeLessThan(1e-3)
      }
  })
})

describe("the toy's compiled derivatives", () => {
  it('are those that the book derives by hand', () => {
    const [x, y] = [0.7, -0.3]
    const trainer = createTrainer({ seed: 3 })
    const value = (name: (typeof network.parameters)[number]['name']) => trainer.parameters[name][0]!
    const f0 = value('beta0') + value('omega0') * x
    const h1 = Math.sin(f0)
    const f1 = value('beta1') + value('omega1') * h1
    const h2 = Math.exp(f1)
    const f2 = value('beta2') + value('omega2') * h2
    const h3 = Math.cos(f2)
    const f3 = value('beta3') + value('omega3') * h3

    const dl_df3 = 2 * (f3 - y)
    const dl_df2 = -Math.sin(f2) * (value('omega3') * dl_df3)
    const dl_df1 = Math.exp(f1) * (value('omega2') * dl_df2)
    const dl_df0 = Math.cos(f0) * (value('omega1') * dl_df1)

    expect(trainer.gradient([x], [y])).toBeCloseTo((f3 - y) ** 2, 12)
    const derivatives = {
      ...{ beta3: dl_df3, omega3: dl_df3 * h3, beta2: dl_df2, omega2: dl_df2 * h2 },
      ...{ beta1: dl_df1, omega1: dl_df1 * h1, beta0: dl_df0, omega0: dl_df0 * x },
    }
    for (const { name } of network.parameters)
      expect(trainer.gradients[name][0]! / derivatives[name]).toBeCloseTo(1, 12)
  })
})
