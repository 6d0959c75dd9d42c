import { built } from '../../emit/built.ts'
import { headerOf } from '../../emit/header.ts'
import type { Form } from '../../graph/equations/form.ts'
import { toTeX } from '../../graph/equations/tex.ts'
import { formatShape } from '../../graph/shape.ts'
import type { Block, Chain, Derivation, Facts, Formula, Prose, Section, Table } from '../document.ts'

/** A derivation as Markdown with TeX between dollars, as GitHub, Jupyter and most editors show it. Its stamp is blank. */
export function toMarkdown({ name, description, spec, sections }: Derivation): string {
  const header = `${headerOf({ version: built.version, specFile: spec }, '<!--', 'sha256')} -->`
  const head = [`# ${escaped(name)}`, ...(description === undefined ? [] : [escaped(description)])]
  return `${[header, ...head, ...sections.flatMap(sectionBlocks)].join('\n\n')}\n`
}

function sectionBlocks({ title, blocks }: Section): string[] {
  return [`## ${escaped(title)}`, ...blocks.map(blockText)]
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return proseText(block.text)
    case 'table':
      return tableText(block)
    case 'formula':
      return formulaText(block)
    case 'chain':
      return chainText(block)
  }
}

const formTeX = (form: Form): string => toTeX({ sign: '=', right: form })

const proseText = (prose: Prose): string =>
  prose.map((part) => (typeof part === 'string' ? escaped(part) : `$${formTeX(part)}$`)).join('')

function tableText({ header, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => escaped(cell)).join(' | ')} |`
  return [line(header), `|${header.map(() => ' --- ').join('|')}|`, ...rows.map(line)].join('\n')
}

const displayed = (tex: string): string => `$$\n${tex}\n$$`

function formulaText({ equation, facts }: Formula): string {
  return displayed(toTeX(equation) + (facts ? `\\qquad ${remark(facts)}` : ''))
}

const remark = ({ shape, layer }: Facts): string =>
  `\\small\\text{${[formatShape(shape), layer].filter(Boolean).join(' ').replaceAll('_', '\\_')}}`

/** Steps below each other, aligned at their signs, and then the reasons. */
function chainText({ left, steps }: Chain): string {
  const lines = steps.map(({ right }, k) => `${k === 0 ? formTeX(left) : ''} &= ${formTeX(right)}`)
  const reasons = steps.flatMap(({ reason }) => (reason.length > 0 ? [`- ${proseText(reason)}`] : []))
  const display = displayed(`\\begin{aligned}\n${lines.join(' \\\\\n')}\n\\end{aligned}`)
  return [display, ...(reasons.length > 0 ? [reasons.join('\n')] : [])].join('\n\n')
}

/** Markdown's own characters as themselves. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|$]/g, '\\$&')
}
