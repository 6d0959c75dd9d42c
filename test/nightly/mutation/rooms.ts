/*
 * What is mutated, a row each, and the tests that ought to notice: quick ones that start neither processes nor browsers. A mutant that
 * only others would notice counts as survived.
 */

export interface Room {
  readonly mutate: readonly string[]
  readonly tests: readonly string[]
  /** Tests of these files to leave out, by name. */
  readonly skip?: string
}

/** Single tests, by name, that take long for what they notice. */
const slow = '0,000 nodes deep|1,000 steps|random expressions exercise every rule'

/** All golden files but those of a few small specs that have all kinds of layers between them. */
const goldenBut = (parts: string) =>
  `^(?!(regression|toy|function|recurrent|dropout|convolution|batchNorm) (${parts})$)\\w+ (equations|kernels|module|kernels in WebAssembly)$`

const testsOf = (folder: string, ...names: readonly string[]) => names.map((name) => `test/${folder}${name}.test.ts`)
const golden = 'test/golden.test.ts'
const loops = testsOf(
  'loops/',
  'notation',
  'lower',
  'routine',
  'expand',
  'check',
  'memory',
  'choices',
  'tile',
  'pack',
  'schedule',
  'recompute',
  'firstFit',
)

export const rooms: Readonly<Record<string, Room>> = {
  rates: { mutate: ['src/runtime/schedules.ts'], tests: testsOf('runtime/', 'schedules') },
  equations: {
    mutate: ['src/graph/equations/*.ts'],
    tests: [...testsOf('graph/equations/', 'forms', 'print'), golden],
    skip: goldenBut('equations'),
  },
  simplifier: {
    mutate: ['src/calculus/{algebra,rewrite,constants,reduced}.ts'],
    tests: [...testsOf('calculus/', 'algebra', 'structure', 'simplify'), golden],
    skip: goldenBut('equations'),
  },
  derivatives: {
    mutate: ['src/calculus/{adjoint,branches,differentiate}.ts'],
    tests: [...testsOf('calculus/', 'kinks', 'adjoint', 'toy', 'structure'), golden],
    skip: goldenBut('equations'),
  },
  training: {
    mutate: ['src/calculus/{scan,training}.ts'],
    tests: [...testsOf('calculus/', 'scan', 'training', 'adjoint'), ...testsOf('graph/', 'scan'), golden],
    skip: `${goldenBut('equations')}|the adjoint of (?!scan)`,
  },
  idioms: {
    mutate: ['src/calculus/idioms/*.ts'],
    tests: [...testsOf('calculus/idioms/', 'affine', 'shifts', 'exponentials', 'idioms', 'far', 'random')],
  },
  describe: {
    mutate: ['src/describe/*.ts'],
    tests: [...testsOf('describe/', 'announce', 'lists', 'description', 'sections', 'names', 'target'), golden],
    skip: goldenBut('module'),
  },
  typescript: {
    mutate: ['src/targets/typescript/*.ts'],
    tests: [
      ...testsOf('targets/typescript/', 'routine', 'target', 'expression'),
      ...testsOf('targets/', 'routine'),
      golden,
    ],
    skip: goldenBut('module'),
  },
  webAssembly: {
    mutate: ['src/targets/wasm/*.ts'],
    tests: [
      ...testsOf('targets/wasm/', 'operations', 'wat', 'target', 'routine', 'numbers'),
      ...testsOf('targets/', 'routine'),
      golden,
      ...testsOf('targets/wasm/', 'assemble', 'functions', 'networks'),
    ],
    skip: goldenBut('kernels in WebAssembly'),
  },
  notation: { mutate: ['src/loops/notation/*.ts'], tests: [...loops, golden], skip: goldenBut('kernels') },
  routine: {
    mutate: ['src/loops/routine/*.ts'],
    tests: [...loops, golden, ...testsOf('property/', 'loops')],
    skip: goldenBut('kernels in WebAssembly'),
  },
  schedule: {
    mutate: ['src/loops/schedule/*.ts'],
    tests: [...loops, golden],
    skip: goldenBut('kernels in WebAssembly'),
  },
}

/** The room that the process is for, as its environment says. */
export function roomOf({ ROOM: name = '' }: NodeJS.ProcessEnv): Room {
  const room = rooms[name]
  if (!room) throw new RangeError(`ROOM is one of ${Object.keys(rooms).join(', ')}`)
  return room
}

/** Whether a room leaves out a test of this full name. */
export function isLeftOut(name: string, { skip }: Room): boolean {
  return new RegExp(skip ? `${slow}|${skip}` : slow).test(name)
}
