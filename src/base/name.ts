/** How each Greek letter is spelt in code; its capital is spelt with a capital, Α as Alpha though it looks like A. */
const greek: Readonly<Record<string, string>> = {
  α: 'alpha',
  β: 'beta',
  γ: 'gamma',
  δ: 'delta',
  ε: 'epsilon',
  ζ: 'zeta',
  η: 'eta',
  θ: 'theta',
  ι: 'iota',
  κ: 'kappa',
  λ: 'lambda',
  μ: 'mu',
  ν: 'nu',
  ξ: 'xi',
  ο: 'omicron',
  π: 'pi',
  ρ: 'rho',
  σ: 'sigma',
  τ: 'tau',
  υ: 'upsilon',
  φ: 'phi',
  χ: 'chi',
  ψ: 'psi',
  ω: 'omega',
}

/** Other forms of a letter, spelt as the letter. */
const variants: Readonly<Record<string, string>> = { ς: 'σ', ϐ: 'β', ϑ: 'θ', ϕ: 'φ', ϖ: 'π', ϰ: 'κ', ϱ: 'ρ', ϵ: 'ε' }

const capitalized = (word: string): string => word[0]!.toUpperCase() + word.slice(1)

/** How letters beyond ASCII are spelt in code: the one table of them. */
const spellings: ReadonlyMap<string, string> = new Map([
  ...Object.entries(greek),
  ...Object.entries(greek).map(([letter, name]) => [letter.toUpperCase(), capitalized(name)] as const),
  ...Object.entries(variants).map(([variant, letter]) => [variant, greek[letter]!] as const),
  ['ℓ', 'ell'],
])

const letters = `A-Za-z${[...spellings.keys()].join('')}`

/** A name in formulas and equations: a letter (Latin, Greek, ℓ), then letters, digits and `_`. */
export const namePattern = new RegExp(`[${letters}][${letters}0-9_]*`, 'u')
const wholeName = new RegExp(`^${namePattern.source}$`, 'u')

export function isName(text: string): boolean {
  return wholeName.test(text)
}

/** The same name in ASCII, as code, record keys and files have it: β0 is `beta0`, ℓ is `ell`. */
export function asciiName(name: string): string {
  return [...name].map((letter) => spellings.get(letter) ?? letter).join('')
}

/** Names of which each is given once. */
export class FreshNames {
  /** For each name that is taken: the first number that it may go on with. */
  readonly #next = new Map<string, number>()

  /** `base`, or where that is taken the first free of `base_2`, `base_3` …; the result counts as taken from now on. */
  from(base: string): string {
    let name = base
    for (let attempt = this.#next.get(base) ?? 2; this.#next.has(name); attempt++) {
      name = `${base}_${attempt}`
      this.#next.set(base, attempt + 1)
    }
    this.#next.set(name, 2)
    return name
  }
}

/** How the names of the best epoch's tensors begin in files: the tensor's name follows. */
export const bestPrefix = 'best.'

/** What a state of an optimizer is called where it is that of an objective. */
export function stateName(state: string, objective: string | undefined): string {
  return objective === undefined ? state : `${objective}.${state}`
}

/** What a program is called where it is that of an objective. */
export function programName(program: string, objective: string | undefined): string {
  return objective === undefined ? program : `${program}_${objective}`
}

/** How the names of what an optimizer keeps for each parameter begin in files: the parameter's name follows. */
export function statePrefix(state: string): string {
  return `optimizer.${state}.`
}

const LONGEST_WORD = 64

/**
 * The candidate that `word` most likely was meant to be: at most a third of its letters differ, or one of two. Of a single letter any other
 * is as likely.
 */
export function nearestSpelling(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LONGEST_WORD) return undefined
  const plain = plainSpelling(word)
  let best: string | undefined
  let bestDistance = (word.length > 1 ? Math.max(1, Math.floor(word.length / 3)) : 0) + 1
  for (const candidate of candidates) {
    const distance = editDistance(plain, plainSpelling(candidate))
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** The end of a message that says what was expected: the candidate that was meant, if there is one. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const nearest = nearestSpelling(word, candidates)
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`
}

/** Without what naming conventions disagree about: `leaky_relu`, `LeakyReLU` and `leakyRelu` are one. */
export function plainSpelling(word: string): string {
  return word.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
 * Optimal string alignment: Damerau, "A technique for computer detection and correction of spelling errors", 1964.
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = above[j - 1]! + Number(a[i - 1] !== b[j - 1])
      row[j] = Math.min(row[j - 1]! + 1, above[j]! + 1, substituted)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j]!, before[j - 2]! + 1)
    }
    ;[before, above] = [above, row]
  }
  return above[b.length]!
}
