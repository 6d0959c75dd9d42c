import { expect, it } from 'vitest'
import { asciiName } from '../../src/base/name.ts'
import { compile } from '../../src/compile.ts'
import { load } from './marked.ts'

const letters = [...'αβγδεζηθικλμνξοπρσςτυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩℓϐϑϕϖϰϱϵ']

it('every letter that a name may hold has a spelling in the emitted module, comments among it', async () => {
  const names = letters.map((letter, k) => `${letter}_${k}`)
  const network = await load(`
inputs: { x: 2 }
targets: { y: 2 }
parameters: { ϑ: 3, Α: scalar, ${names.map((name) => `${name}: scalar`).join(', ')} }
equations:
  - p = x * Α + (${names.join(' + ')})
  - L = sum((p - y)^2) + sum(ϑ)
output: p
loss: L`)
  const { text } = await compile(network, 'test.net.yaml')
  for (const name of ['theta', 'Alpha', ...names.map(asciiName)]) expect(text).toContain(`'${name}'`)
  expect(text).toContain('p = x * Alpha')
})
