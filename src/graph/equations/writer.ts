import type { Node } from '../node.ts'
import type { Form } from './form.ts'
import type { Visible } from './names.ts'

/** How a reader may take an operand's shape. */
export type Reading = 'exact' | 'vector' | 'alike'

/** Writes expressions with the same names in all of them. */
export interface Writer {
  readonly names: Visible
  /**
   * An operand whose shape the reader must know.
   * @param reading `vector`: a scalar is read as a vector of one; `alike`: axes of length 1 don't matter.
   */
  readonly operand: (input: Node, reading?: Reading) => Form
  /** What isn't elementwise. @param isTotal whether its sum over the samples is the equation's, which isn't written. */
  readonly structural: (node: Node, isTotal: boolean) => Form
  readonly isTooLong: (node: Node) => boolean
}
