/** The most mistakes that are told one by one. */
const SHOWN = 20

/** A table, or what was asked of it, is wrong: every mistake that was found, each a line that says where it is. */
export class TableError extends Error {
  override name = 'TableError'

  constructor(mistakes: readonly string[], more = 0) {
    const rest = mistakes.length - SHOWN + more
    const lines = mistakes.slice(0, SHOWN)
    super([...lines, ...(rest > 0 ? [`… and ${rest.toLocaleString('en')} more`] : [])].join('\n'))
  }
}

/** Collects the mistakes of a table, so that they are told together, and keeps no more of them than are shown. */
export class Mistakes {
  readonly #told: string[] = []
  #more = 0

  get areNone(): boolean {
    return this.#told.length === 0
  }

  add(mistake: string): void {
    if (this.#told.length < SHOWN) this.#told.push(mistake)
    else this.#more++
  }

  /** @throws TableError where there are any. */
  end(): void {
    if (!this.areNone) throw new TableError(this.#told, this.#more)
  }
}

/** A text from a table in quotes, fit for one line of a terminal: cut where it is long, without control characters. */
export function quoted(text: string, most = 40): string {
  const letters = [...text]
  const cut = letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text
  return `'${cut.replace(/\p{C}|[\u2028\u2029]/gu, '\uFFFD')}'`
}

/** Texts in quotes, the first few of them. */
export function listed(texts: readonly string[], most = 6): string {
  const shown = texts.slice(0, most).map((text) => quoted(text))
  const more = texts.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
