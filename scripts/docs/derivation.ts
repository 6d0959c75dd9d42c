import { readFileSync } from 'node:fs'

/** What of the module is shown: the equations of its kernels, each by its beginning. */
const shown = ['f0 =', 'h1 =', 'f1 =', 'l =', 'dl/df1 =', 'dl/dOmega1 =', 'dl/df0 =', 'dl/dOmega0 =']

const lineHeight = 22
const top = 66
const width = 1180
const columns = [
  { title: 'What you write', x: 24, width: 236 },
  { title: 'What follows from it', x: 288, width: 330 },
  { title: 'What runs', x: 646, width: 510 },
] as const

const style = `
  rect { fill: #f6f7f9; stroke: #d5d9e0 } text { fill: #24292f; font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; white-space: pre }
  .title { font: 600 15px system-ui, sans-serif; fill: #0072b2 } .book { font: 17px Georgia, 'Times New Roman', serif }
  .comment { fill: #6a737d } .arrow { stroke: #0072b2; stroke-width: 2; fill: none }
  @media (prefers-color-scheme: dark) {
    rect { fill: #1c1f26; stroke: #3a3f4b } text { fill: #e3e6eb } .title { fill: #56b4e9 } .comment { fill: #98a0ad } .arrow { stroke: #56b4e9 }
  }`

/** The README's picture, as SVG: the spec of exclusive or, what is derived from it, and a kernel, all as the files have them. */
export function derivationPicture(): string {
  const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
  const module = read('generated/xor.ts')
  const spec = read('examples/xor.net.yaml')
    .split('\n')
    .filter((line) => /^(?!#|name|description)./.test(line))
    .map((line) => (line.length > 36 ? '  # ...' : line))
  const equations = shown.map((start) => {
    const line = module.split('\n').find((one) => one.trim().startsWith(`// ${start}`))
    if (line === undefined) throw new Error(`xor's module says nothing of ${start}`)
    return asInBooks(line.trim().slice(3))
  })
  const [kernel] = /^ *\/\/ dl\/df0 =[^]*?^ {2}\}$/m.exec(module)!
  const lines = shortened(kernel.split('\n'))
  const rows = Math.max(spec.length, equations.length, lines.length)
  const height = top + rows * lineHeight + 26
  const texts = [
    spec.map((line) => textOf(line, '')),
    equations.map((line) => textOf(line, 'book')),
    lines.map((line) => textOf(line, /^ *\/\//.test(line) ? 'comment' : '')),
  ]
  const parts = columns.flatMap(({ title, x, width }, column) => [
    `<text x="${x + 4}" y="30" class="title">${title}</text>`,
    `<rect x="${x}" y="44" width="${width}" height="${height - 60}" rx="8"/>`,
    ...texts[column]!.map((text, row) => text(x + 16, top + (row + 0.5) * lineHeight)),
  ])
  const arrows = [columns[0], columns[1]].map(({ x, width }) => {
    const [start, y] = [x + width + 5, height / 2 + 10]
    return `<path class="arrow" d="M${start},${y}h16m-6,-6l6,6l-6,6"/>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="A spec, its equations and derivatives, and code">`,
    ...[`<style>${style}\n</style>`, ...parts, ...arrows, '</svg>\n'],
  ].join('\n')
}

function textOf(line: string, role: string): (x: number, y: number) => string {
  const content = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return (x, y) => `<text x="${x}" y="${y}" class="${role}" xml:space="preserve">${content}</text>`
}

/** `dl/df0 = Omega1^T dl/df1` as one would write it. */
function asInBooks(equation: string): string {
  return equation
    .replace(/\bdl\/d(?=\w)/g, '∂ℓ/∂')
    .replace(/\bl\b/g, 'ℓ')
    .replaceAll('Omega', 'Ω')
    .replaceAll('beta', 'β')
    .replaceAll('.*', '⊙')
    .replaceAll('^T', 'ᵀ')
    .replaceAll('^2', '²')
    .replace(/(?<=[fhΩβ])\d/g, (digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]!)
    .replaceAll(' - ', ' − ')
}

/** A kernel without its lines between the loops' heads and its first stores. */
function shortened(lines: readonly string[]): string[] {
  const kept = lines.filter((line) => /^ *(?:\/\/|for|\{|arena)/.test(line))
  const stores = kept.filter((line) => line.trim().startsWith('arena'))
  const heads = kept.filter((line) => !line.trim().startsWith('arena') && line.trim() !== '{')
  const indent = /^ */.exec(stores[0]!)![0].slice(4)
  // The equation stands outside of the block of its loops.
  const [equation, ...loops] = heads
  return [
    equation!.trim(),
    ...[...loops, `    ${indent}// ...`, ...stores.slice(0, 2), `    ${indent}// ...`].map((line) => line.slice(4)),
  ]
}
