/** A fault of tapeless, not of its input: an emitted module that doesn't pass the emitter's own checks. */
export class Fault extends Error {
  override readonly name = 'Fault'
  constructor(what: string) {
    super(`${what}\nThis is a fault of tapeless, not of the spec: please report it.`)
  }
}
