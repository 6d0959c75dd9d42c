import type { Form } from '../../graph/equations/form.ts'
import { toText } from '../../graph/equations/text.ts'
import { formatShape } from '../../graph/shape.ts'
import type { Block, Chain, Derivation, Facts, Formula, Prose, Section, Table } from '../document.ts'
import { wrapped } from './wrap.ts'

/** What a text is printed with. */
export interface TextOptions {
  /** In characters. */
  readonly width: number
  /** How headings and remarks are made to stand out. */
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
}

/** A derivation for a terminal, or a file of plain text. */
export function toPlainText({ name, description, spec, sections }: Derivation, options: TextOptions): string {
  const head = [options.bold(name), ...wrapped([description, spec].filter(Boolean).join('; '), options.width)]
  return `${[head.join('\n'), ...sections.map((section, k) => sectionText(section, k + 1, options))].join('\n\n')}\n`
}

function sectionText({ title, blocks }: Section, number: number, options: TextOptions): string {
  const heading = options.bold(`${number} ${title}`)
  return [heading, ...groups(blocks).map((group) => groupText(group, options))].join('\n\n')
}

/** Formulas in a row are one group, so that their columns agree; those with remarks are apart from those without. */
function groups(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const list: Block[][] = []
  for (const block of blocks) {
    const last = list.at(-1)
    if (last && areAlike(last[0]!, block)) last.push(block)
    else list.push([block])
  }
  return list
}

function areAlike(first: Block, next: Block): boolean {
  return first.kind === 'formula' && next.kind === 'formula' && !first.facts === !next.facts
}

function groupText(group: readonly Block[], options: TextOptions): string {
  const [first] = group as readonly [Block]
  switch (first.kind) {
    case 'paragraph':
      return wrapped(proseText(first.text), options.width).join('\n')
    case 'table':
      return tableText(first)
    case 'formula':
      return formulasText(group as readonly Formula[], options)
    case 'chain':
      return chainText(first, options)
  }
}

const formText = (form: Form): string => toText({ sign: '=', right: form })

const proseText = (prose: Prose): string =>
  prose.map((part) => (typeof part === 'string' ? part : formText(part))).join('')

function tableText({ header, rows }: Table): string {
  const lines = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)))
  const isNumeric = header.map((_, column) => rows.every((cells) => /^[\d,.]*$/.test(cells[column]!)))
  const cell = (text: string, column: number) =>
    isNumeric[column] ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)
  return lines.map((cells) => `  ${cells.map(cell).join('  ')}`.trimEnd()).join('\n')
}

/** Equations, and on their right, where there is room, the shape of what they define, and its layer. */
function formulasText(formulas: readonly Formula[], { width, dim }: TextOptions): string {
  const texts = formulas.map(({ equation }) => toText(equation))
  const remarks = formulas.map(({ facts }) => (facts ? remark(facts) : ''))
  const room = width - 4 - Math.max(...remarks.map(({ length }) => length))
  const column = Math.max(0, ...texts.map(({ length }) => length).filter((length) => length <= room))
  return texts
    .flatMap((text, k) => {
      const [first, ...rest] = wrapped(text, width - 2, 4)
      const own = remarks[k]! === '' || rest.length > 0 || text.length > room ? '' : `  ${dim(remarks[k]!)}`
      return [`  ${first!.padEnd(own === '' ? 0 : column)}${own}`, ...rest.map((line) => `  ${line}`)]
    })
    .join('\n')
}

const remark = ({ shape, layer }: Facts): string => [formatShape(shape), layer].filter(Boolean).join(' ')

/** Steps below each other; the reason of each on its right, or below it where there is no room. */
function chainText({ left, steps }: Chain, { width, dim }: TextOptions): string {
  const leftText = formText(left)
  const rights = steps.map(({ right }) => formText(right))
  const margin = leftText.length + 5
  const longest = Math.max(...rights.map(({ length }) => length))
  const isBeside = width - margin - longest - 3 >= 40
  return steps
    .flatMap(({ reason }, k) => {
      const start = `  ${k === 0 ? leftText : ' '.repeat(leftText.length)} = `
      const [first, ...rest] = wrapped(rights[k]!, width - margin, 4)
      const told = proseText(reason)
      const room = isBeside ? width - margin - longest - 3 : width - margin
      const lines = told === '' ? [] : wrapped(told, room)
      if (!isBeside)
        return [`${start}${first}`, ...[...rest, ...lines.map(dim)].map((line) => `${' '.repeat(margin)}${line}`)]
      const gap = ' '.repeat(margin + longest + 3)
      const [beside = '', ...below] = lines
      return [
        `${start}${beside === '' ? first : `${first!.padEnd(longest)}   ${dim(beside)}`}`,
        ...below.map((line) => `${gap}${dim(line)}`),
      ]
    })
    .join('\n')
}
