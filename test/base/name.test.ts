import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asciiName, editDistance, FreshNames, isName, nearestSpelling, plainSpelling } from '../../src/base/name.ts'

const lettersBeyondAscii = [...'αβγδεζηθικλμνξοπρσςτυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩℓϐϑϕϖϰϱϵ']

describe('names', () => {
  it('begin with a Latin or Greek letter or ℓ', () => {
    for (const name of ['x', 'β0', 'Ω_k', 'ℓ', 'aB9_', 'ϕ']) expect(isName(name), name).toBe(true)
    for (const name of ['', '0x', '_x', 'a-b', 'a b', 'é', 'x²', 'я', 'a.b', '__proto__', 'x\n'])
      expect(isName(name), name).toBe(false)
  })

  it('have ASCII spellings that are names too', () => {
    for (const letter of lettersBeyondAscii) expect(isName(letter), letter).toBe(true)
    expect(['β0', 'Ω0', 'ω0', 'ℓ', 'Σxy_1', 'plain', 'ϕ', 'φ'].map(asciiName)).toEqual([
      'beta0',
      'Omega0',
      'omega0',
      'ell',
      'Sigmaxy_1',
      'plain',
      'phi',
      'phi',
    ])
    for (const letter of lettersBeyondAscii) expect(asciiName(letter), letter).toMatch(/^[A-Za-z]+$/)
    expect([...'ΑΒςϐϑϰ'].map(asciiName)).toEqual(['Alpha', 'Beta', 'sigma', 'beta', 'theta', 'kappa'])
  })

  it('are made fresh by counting', () => {
    const names = new FreshNames()
    const given = ['h', 'h', 'h', 'f', 'h_2', 'h_5', 'h', 'h'].map((base) => names.from(base))
    expect(given).toEqual(['h', 'h_2', 'h_3', 'f', 'h_2_2', 'h_5', 'h_4', 'h_6'])
  })
})

describe('spellings', () => {
  it('ignore what naming conventions disagree about', () => {
    expect(['leaky_relu', 'LeakyReLU', 'leaky-relu'].map(plainSpelling)).toEqual(Array(3).fill('leakyrelu'))
  })

  it('are found within a third of their letters', () => {
    const words = ['linear', 'residual', 'relu', 'units', 'x']
    expect(nearestSpelling('linaer', words)).toBe('linear')
    expect(nearestSpelling('Linear', words)).toBe('linear')
    expect(nearestSpelling('resdual', words)).toBe('residual')
    expect(nearestSpelling('conv2d', words)).toBeUndefined()
    expect(nearestSpelling('l'.repeat(100_000), words)).toBeUndefined()
  })

  it('differ by insertions, deletions, substitutions and swaps', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3)
    expect(editDistance('ab', 'ba')).toBe(1)
    expect(editDistance('', 'abc')).toBe(3)
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
      }),
    )
  })
})
