import { join, relative } from 'node:path'
import picocolors from 'picocolors'
import { built } from '../emit/built.ts'
import { headerOf } from '../emit/header.ts'
import { stamp } from '../emit/stamp.ts'
import { explain } from '../explain/explain.ts'
import type { Derivation } from '../explain/document.ts'
import { toMarkdown } from '../explain/print/markdown.ts'
import { toPlainText, type TextOptions } from '../explain/print/text.ts'
import { findDrift, type Output } from '../host/files.ts'
import { files, portable } from '../host/node.ts'
import { readSpecFile } from '../host/specFile.ts'
import { loadNetwork } from '../language/networks/network.ts'
import { describingPassNames } from '../compile.ts'
import { derivationFormats, type DerivationFormat } from './derivationFormats.ts'
import { findSpecs } from './discover.ts'
import { defaultOut, type ExplainOptions } from './options.ts'
import { refuseGuarded } from './outputs.ts'
import { Problems } from './problems.ts'
import { progress } from './progress.ts'
import { showsColor } from './report.ts'
import { readOptions } from './specTimeout.ts'

/** The widest text, for reading; a terminal may be narrower. */
const widest = 120

type Print = (derivation: Derivation) => string | Promise<string>

/** Explains specs, and prints or writes what there is to say. @throws UsageError, FileError */
export async function explainSpecs(named: readonly string[], options: ExplainOptions): Promise<void> {
  const { format, out } = options
  const isShown = format === 'text' && out === undefined
  const { specs, unreadable } = await findSpecs(named, { out: out ?? defaultOut })
  const problems = new Problems()
  for (const error of unreadable) problems.add(error)
  const shown = progress(specs.length * describingPassNames.length)
  const folder = out ?? '.'
  const print = printers(isShown)[format]
  const outputs: Output[] = []
  const texts: string[] = []
  try {
    for (const spec of specs) {
      try {
        const network = await loadNetwork(await readSpecFile(spec, readOptions(options)))
        const source = isShown ? spec : portable(relative(folder, spec))
        const derivation = await explain(network, source, { onPass: (pass) => shown.advance(`${spec}: ${pass}`) })
        const text = await print(derivation)
        if (isShown) texts.push(text)
        else
          add(
            outputs,
            { path: join(folder, `${derivation.name}${derivationFormats[format]}`), contents: text },
            problems,
          )
      } catch (error) {
        problems.add(error, spec)
      }
    }
  } finally {
    shown.stop()
  }
  if (isShown) process.stdout.write(texts.join('\n\n'))
  else if (problems.areNone) await write(outputs, options, problems)
  problems.tell()
}

/** Adds a file, unless another spec has given one of that name. */
function add(outputs: Output[], output: Output, problems: Problems): void {
  if (outputs.some(({ path }) => path === output.path))
    problems.say(`two specs give ${output.path}: set a different name in one of them`)
  else outputs.push(output)
}

/** What prints each format. */
function printers(isShown: boolean): Readonly<Record<DerivationFormat, Print>> {
  const paint = picocolors.createColors(isShown && showsColor(process.stdout))
  const width = Math.min((isShown && process.stdout.columns) || 100, widest)
  const options: TextOptions = { width, bold: paint.bold, dim: paint.dim }
  return {
    text: (derivation) => {
      const text = toPlainText(derivation, options)
      const made = { version: built.version, specFile: derivation.spec }
      return isShown ? text : stamp(`${headerOf(made, '#', 'sha256')}\n\n${text}`)
    },
    markdown: (derivation) => stamp(toMarkdown(derivation)),
  }
}

/** Writes what differs, if all that is there is of tapeless's own making. */
async function write(outputs: readonly Output[], { force }: ExplainOptions, problems: Problems): Promise<void> {
  await refuseGuarded(
    outputs.map(({ path }) => path),
    force,
    problems,
  )
  if (!problems.areNone) return
  const drifted = new Set(await findDrift(files, outputs))
  await files.write(outputs.filter(({ path }) => drifted.has(path)))
  for (const { path } of outputs) process.stdout.write(`${path} ${drifted.has(path) ? 'written' : 'is up to date'}\n`)
}
