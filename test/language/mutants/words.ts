import { parts } from './originals.ts'
import { isRecord } from './parts.ts'

/*
 * What stands in mutants where something else should.
 */

export const keys: readonly string[] = [
  ...new Set(parts.flatMap((part) => (isRecord(part) ? Object.keys(part) : []))),
  ...['inputs', 'equations', 'index', 'schedule', 'clip', 'emit', 'memory', 'wasm', 'math', 'as', 'bias', 'dim'],
  ...['__proto__', 'constructor', 'toString', '', ' ', 'é', 'Linear', 'units ', '0', 'null', 'true', '<<', '\u2028'],
]

export const numbers: readonly unknown[] = [
  ...[0, -0, -1, 1, 2, 3, 0.5, 1.5, -1.5, 1e-9, 5e-324, 64, 255, 1000, 65_536, 1e5, 1e6, 1e9, 2 ** 31, 2 ** 32],
  ...[2 ** 53 - 1, 2 ** 53, 1e21, 1e300, 1.7976931348623157e308, NaN, Infinity, -Infinity],
]

export const scalars: readonly unknown[] = [
  ...numbers,
  ...[null, true, false, '', ' ', '0', '1', '-1', 'x', 'X', 'null', 'scalar', 'batch', 'mse', 'relu', 'linear', 'sgd'],
  ...[
    'f16',
    'f32',
    'f64',
    'wasm',
    'recompute',
    'x * 2',
    'x + ',
    '(x',
    '1/0',
    '0/0',
    'x^x^x',
    'sum(x)',
    'exp(exp(exp(x)))',
  ],
  ...[
    './swish.ts#swish',
    './gone.ts#f',
    '../a.ts#b',
    'toString',
    '__proto__',
    'ω',
    '🙂',
    '\0',
    '\ud800',
    'a\nb',
    '1e400',
  ],
  ...[
    'x'.repeat(5000),
    '('.repeat(100),
    `${'('.repeat(60)}x${')'.repeat(60)}`,
    `x${' + x'.repeat(900)}`,
    'x ? x : '.repeat(80),
  ],
]

export const snippets: readonly string[] = [
  ...[':', ' ', '\n', '- ', '{', '}', '[', ']', '"', "'", '#', '&a ', '*a', '!t ', '!!str ', '|', '>', '%', '? ', '\t'],
  ...[
    '\0',
    ',',
    '0',
    '-1',
    '1e400',
    '.nan',
    '.inf',
    '0x10',
    '0o7',
    '1_000',
    '9007199254740993',
    '-',
    '.',
    '~',
    '@',
    '`',
  ],
  ...[
    '\r\n',
    '\r',
    '\u2028',
    '\ufeff',
    '\u00a0',
    '\u200b',
    '🙂',
    '\ud800',
    'β',
    '---\n',
    '...\n',
    '<<: *a\n',
    '%YAML 1.1\n---\n',
  ],
  ...[
    '\\u0000',
    '\\',
    '^',
    '^-1',
    ' * x',
    'x',
    '(',
    ')',
    '=',
    '==',
    '?',
    '<',
    "'",
    '&a [*a]',
    '&b {b: *b}',
    '[[[[[[[[',
  ],
]

/** What programs, modules and objects call things. */
export const names: readonly string[] = [
  ...[
    'arena',
    'Math',
    'Infinity',
    'NaN',
    'undefined',
    'await',
    'let',
    'eval',
    'arguments',
    'this',
    'new',
    'class',
    'if',
  ],
  ...[
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__proto__',
    'then',
    'x',
    'y',
    'n',
    's0',
    'i0',
    'network',
  ],
  ...[
    'trainer',
    'createTrainer',
    'Vector',
    'Float64Array',
    '_',
    '$',
    'Ω',
    'ß',
    '𝒳',
    'pi',
    'e',
    'batch',
    'sum',
    'predict',
  ],
  ...['a'.repeat(64), 'a'.repeat(65), 'null', 'true', 'epoch', 'length', 'globalThis', 'a b', '0a', ''],
]

/** Where modules differ most. */
export const emits: readonly unknown[] = ['typescript', 'wasm'].flatMap((target) =>
  ['f32', 'f64'].flatMap((precision) => [
    { target, precision },
    { target, precision, math: 'portable', inputGradient: true },
    { target, precision, memory: 'recompute' },
  ]),
)
