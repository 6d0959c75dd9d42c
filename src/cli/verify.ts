import { setImmediate } from 'node:timers/promises'
import { SpecError, type Diagnostic } from '../base/errors.ts'
import { built } from '../emit/built.ts'
import { instantiate } from '../host/instantiate.ts'
import { readSpecFile } from '../host/specFile.ts'
import { loadNetwork } from '../language/networks/network.ts'
import { checkNames, verify, type Verification } from '../verify/verify.ts'
import { findSpecs } from './discover.ts'
import { endWith, exit } from './exit.ts'
import { defaultOut, type VerifyOptions } from './options.ts'
import { Problems } from './problems.ts'
import { progress, type Progress } from './progress.ts'
import { numberOf, showsColor } from './report.ts'
import { readOptions } from './specTimeout.ts'
import { verificationTable } from './verifyTable.ts'

/** A spec and what was found of it: of its modules, or of itself. */
type Verified = { readonly spec: string } & (
  | (Verification & { readonly differences: number })
  | { readonly mistakes: readonly (Diagnostic | { readonly message: string })[] }
)

/** Verifies specs, one after another, and reports. @throws UsageError, FileError */
export async function verifySpecs(named: readonly string[], options: VerifyOptions): Promise<void> {
  const { samples, seed, json } = options
  const { specs, unreadable } = await findSpecs(named, { out: defaultOut })
  const problems = new Problems()
  for (const error of unreadable) problems.add(error)
  const shown = progress(specs.length * checkNames.length)
  const found: Verified[] = []
  try {
    for (const spec of specs) {
      const verified = await verifySpec(spec, options, shown, problems)
      found.push(verified)
      if (json || !('checks' in verified)) continue
      shown.clear()
      process.stdout.write(`${verificationTable(spec, verified, showsColor(process.stdout))}\n\n`)
    }
  } finally {
    shown.stop()
  }
  problems.tell()
  const differences = found.reduce((total, one) => total + ('checks' in one ? one.differences : 0), 0)
  if (json)
    process.stdout.write(`${reportText({ tapeless: built.version, samples, seed, differences, specs: found })}\n`)
  else process.stdout.write(`${summary(found, differences)}\n`)
  if (differences > 0) endWith(exit.wrongInput)
}

async function verifySpec(
  spec: string,
  options: VerifyOptions,
  shown: Progress,
  problems: Problems,
): Promise<Verified> {
  /** Ends a turn, so that signals are heard. */
  const onCheck = async (check: string) => {
    shown.advance(`${spec}: ${check}`)
    await setImmediate()
  }
  try {
    const network = await loadNetwork(await readSpecFile(spec, readOptions(options)))
    const found = await verify(network, spec, { samples: options.samples, seed: options.seed, instantiate, onCheck })
    if (found.warnings.length > 0) problems.warn({ sources: [network.source], diagnostics: found.warnings }, false)
    const differences = found.checks.reduce((total, check) => total + check.differences.length, 0)
    return { spec, ...found, differences }
  } catch (error) {
    problems.add(error, spec)
    if (error instanceof SpecError) return { spec, mistakes: error.diagnostics }
    return { spec, mistakes: [{ message: error instanceof Error ? error.message : String(error) }] }
  }
}

function summary(found: readonly Verified[], differences: number): string {
  const wrong = found.filter((one) => !('checks' in one)).length
  const differing = found.filter((one) => 'checks' in one && one.differences > 0).length
  const right = found.length - wrong - differing
  return [
    ...(right > 0 ? [`${numberOf(right, 'spec')} verified`] : []),
    ...(differing > 0 ? [`${numberOf(differences, 'difference')} in ${numberOf(differing, 'spec')}`] : []),
    ...(wrong > 0 ? [`${numberOf(wrong, 'spec')} with mistakes`] : []),
  ].join(', ')
}

/** JSON, with numbers that it has no words for as text: "NaN", "Infinity", "-Infinity". */
function reportText(report: object): string {
  const plain = (value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value)
  return JSON.stringify(report, (_, value: unknown) => plain(value), 2)
}
