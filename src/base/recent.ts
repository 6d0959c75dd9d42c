/** The most characters of texts that are remembered: what some hundred modules have. */
const most = 4_000_000

/** What is known of texts, for those that come again while files are being edited. It never holds much: when it would, it begins anew. */
export class Recent<Value> {
  readonly #values = new Map<string, Value>()
  #length = 0

  get(text: string): Value | undefined {
    return this.#values.get(text)
  }

  set(text: string, value: Value): Value {
    if (this.#length > most) {
      this.#values.clear()
      this.#length = 0
    }
    this.#values.set(text, value)
    this.#length += text.length
    return value
  }
}
