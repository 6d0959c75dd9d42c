import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { contentsOf } from '../../src/train/table/bytes.ts'
import { readTable } from '../../src/train/table/read.ts'
import { limits, TableBuilder, type ReadOptions, type Table } from '../../src/train/table/table.ts'
import { folderWith, removeFolders } from '../package/installed.ts'

afterAll(removeFolders)

async function read(name: string, contents: string | Uint8Array, options: ReadOptions = {}): Promise<Table> {
  const file = join(await folderWith({}), name)
  await writeFile(file, contents)
  return readTable(file, options)
}

/** What is wrong with a file, without its folder. */
async function mistakeOf(name: string, contents: string | Uint8Array, options?: ReadOptions): Promise<string> {
  const error = await read(name, contents, options).then(
    () => undefined,
    (error: unknown) => error,
  )
  expect(error).toMatchObject({ name: 'TableError' })
  return (error as Error).message.replaceAll(/\/\S*\/(?=[^/\s]*\.\w+)/g, '')
}

function rowsOf({ columns, rows }: Table) {
  return Array.from({ length: rows }, (_, row) => [...columns.values()].map((column) => column.at(row)))
}

const names = ({ columns }: Table) => [...columns.keys()]

/** An array as numpy.save writes it. */
function npy(descr: string, isFortran: boolean, shape: string, elements: ArrayBufferView): Uint8Array {
  const header =
    `{'descr': '${descr}', 'fortran_order': ${isFortran ? 'True' : 'False'}, 'shape': (${shape}), }`.padEnd(117) + '\n'
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8])
  return Buffer.concat([start, Buffer.from(header), Buffer.from(elements.buffer as ArrayBuffer)])
}

describe('a table', () => {
  test('of delimited text has the names of its header, or numbers where it has none', async () => {
    const named = await read('a.csv', 'size,kind\n1.5,a\n2,b\n')
    expect([names(named), rowsOf(named)]).toEqual([
      ['size', 'kind'],
      [
        [1.5, 'a'],
        [2, 'b'],
      ],
    ])
    const bare = await read('a.csv', '1.5,a\n2,b')
    expect([names(bare), rowsOf(bare)]).toEqual([
      ['1', '2'],
      [
        [1.5, 'a'],
        [2, 'b'],
      ],
    ])
    expect(names(await read('a.csv', '1.5,a\n2,b', { columns: ['size', 'kind'] }))).toEqual(['size', 'kind'])
    expect(names(await read('a.csv', '1990,1991\n1,2', { header: true }))).toEqual(['1990', '1991'])
    expect((await read('a.csv', 'a,b\nc,d', { header: false })).rows).toBe(2)
    // As pandas writes a frame with its rows' own numbers; and rows of which one begins with nothing.
    expect(names(await read('a.csv', ',a,b\n0,1,2\n1,3,4'))).toEqual(['1', 'a', 'b'])
    expect(names(await read('a.csv', ',a,b\nx,1,2'))).toEqual(['1', '2', '3'])
  })

  test.each([
    ['a mark of its encoding, CRLF and quotes', '\uFEFF"a","b"\r\n"1","x, ""y"""\r\n', [[1, 'x, "y"']]],
    ['semicolons', 'a;b\n1,5;x\n', [['1,5', 'x']]],
    ['tabs', 'a\tb\n1\tx\n', [[1, 'x']]],
    ['blanks around cells', 'a,b\n 1 , x \n', [[1, 'x']]],
    ['a line end within a cell', 'a,b\n1,"x\ny"\n', [[1, 'x\ny']]],
    ['empty rows at its end', 'a,b\n1,x\n,\n\n,\n', [[1, 'x']]],
    ['no end of its last line', 'a,b\n1,x', [[1, 'x']]],
    [
      'numbers in several forms',
      'a,b\n.28,+1e-3\n7.,-0\n',
      [
        [0.28, 0.001],
        [7, -0],
      ],
    ],
    ['truth in several forms', 'a,b\nTrue,FALSE\n', [['true', 'false']]],
    [
      'what is no finite number',
      'a,b\n1e999,Infinity\n0x10,1_000\n',
      [
        ['1e999', 'Infinity'],
        ['0x10', '1_000'],
      ],
    ],
    ['names that objects have', '__proto__,constructor\n1,x\n', [[1, 'x']]],
  ])('may have %s', async (_, text, rows) => {
    expect(rowsOf(await read('a.csv', text))).toEqual(rows)
  })

  test('of JSON lines has a column for each key, and cells where a row has them', async () => {
    const table = await read('a.jsonl', '{"a":1,"b":"x"}\n\n{"b":true,"__proto__":3}\r\n{"a":null}\n')
    expect(names(table)).toEqual(['a', 'b', '__proto__'])
    expect(rowsOf(table)).toEqual([
      [1, 'x', undefined],
      [undefined, 'true', 3],
      [undefined, undefined, undefined],
    ])
  })

  test("of NumPy's has a row for each index of the first axis, in either order", async () => {
    const rows = [
      [1, 2, 3],
      [4, 5, 6],
    ]
    expect(rowsOf(await read('a.npy', npy('<f8', false, '2, 3', Float64Array.of(1, 2, 3, 4, 5, 6))))).toEqual(rows)
    expect(rowsOf(await read('a.npy', npy('<i4', true, '2, 3', Int32Array.of(1, 4, 2, 5, 3, 6))))).toEqual(rows)
    expect(rowsOf(await read('a.npy', npy('|u1', false, '2,', Uint8Array.of(7, 9))))).toEqual([[7], [9]])
    const cube = Int16Array.from({ length: 8 }, (_, k) => k)
    expect(rowsOf(await read('a.npy', npy('<i2', true, '2, 2, 2', cube)))).toEqual([
      [0, 4, 2, 6],
      [1, 5, 3, 7],
    ])
  })

  test('may be compressed', async () => {
    expect(rowsOf(await read('a.csv.gz', gzipSync('a,b\n1,x\n')))).toEqual([[1, 'x']])
    expect(rowsOf(await read('a.jsonl.gz', gzipSync('{"a":1}')))).toEqual([[1]])
  })

  test('says where a row is', async () => {
    const table = await read('a.csv', 'a,b\n1,"x\ny"\n\n2,z\n')
    expect([0, 1].map((row) => table.placeOf(row).split('/').at(-1))).toEqual(['a.csv:2', 'a.csv:5'])
  })
})

describe('a table is refused, and the place is told, that', () => {
  test.each([
    ['is empty', 'a.csv', '', 'a.csv: it is empty'],
    ['has a header alone', 'a.csv', 'a,b\n', 'a.csv: there is no row in it'],
    [
      'has a row too long',
      'a.csv',
      'a,b\n1,2\n1,2,3\n',
      "a.csv:3: 3 cells where there are 2 columns: '3' comes after column 'b'",
    ],
    [
      'has a row too short',
      'a.csv',
      'a,b,c\n1,2,3\n1,2\n',
      "a.csv:3: the row ends before column 'c': 2 cells where there are 3 columns",
    ],
    ['names a column twice', 'a.csv', 'a,a\n1,2\n', "a.csv: two columns are called 'a'"],
    ['opens a quote', 'a.csv', 'a,b\n1,"2\n3,4\n', 'a quote is opened and never closed'],
    ['has a quote within a cell', 'a.csv', 'a,b\n1,x"y\n', 'a.csv:2: a quote stands within a cell'],
    ["isn't UTF-8", 'a.csv', Buffer.from('a,b\n1,x\n2,caf\u00e9\n', 'latin1'), "a.csv:3: it isn't UTF-8 here"],
    ['is UTF-16', 'a.csv', Buffer.from('\uFEFFa,b\n1,2\n', 'utf16le'), 'UTF-16LE'],
    ['is of no known kind', 'a.xlsx', 'x', 'a.xlsx: expected a name that ends in one of .csv'],
    ['is JSON, and no object a line', 'a.jsonl', '{"a":1}\n[1]\n', 'a.jsonl:2: expected an object'],
    ['is no JSON', 'a.jsonl', '{"a":1}\n{"a":\n', "a.jsonl:2: it isn't JSON"],
    [
      'has values within values',
      'a.jsonl',
      '{"a":{"b":1}}',
      "a.jsonl:1: column 'a': expected a number, text, true, false or null, got an object",
    ],
    ['is no gzip file', 'a.csv.gz', 'a,b\n1,2\n', 'a.csv.gz: it is no whole gzip file'],
    ['is half a gzip file', 'a.csv.gz', gzipSync('a,b\n1,2\n').subarray(0, 20), 'a.csv.gz: it is no whole gzip file'],
    ['is no array', 'a.npy', 'x'.repeat(99), "a.npy: it isn't an array in NumPy's format"],
    ['has an array of objects', 'a.npy', npy('|O8', false, '1,', Uint8Array.of(1)), 'there are no numbers of dtype O8'],
    [
      'says more elements than there are',
      'a.npy',
      npy('<f8', false, '9, 999999999999', Uint8Array.of(1)),
      'its header says 9 × 999999999999',
    ],
    [
      'has a header that is code',
      'a.npy',
      npy("<f8'+__import__('os').name+'", false, '1,', Uint8Array.of(1)),
      'no plain dtype and shape',
    ],
  ])('%s', async (_, name, contents, message) => {
    expect(await mistakeOf(name, contents)).toContain(message)
  })

  test('has many bad rows: the first of them, and how many more', async () => {
    const message = await mistakeOf('a.csv', `a,b\n${'1\n'.repeat(30)}`)
    expect(message.split('\n')).toHaveLength(21)
    expect(message).toContain('… and 10 more')
  })

  test('has a row that grows beyond all bounds when it is decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(limits.row + 1000, 'a'))
    expect(await mistakeOf('a.csv.gz', bomb)).toContain('a row has over')
  })

  test('grows so itself: no more of it is read than tells that', async () => {
    // Gzip files after one another are one: this is of some megabytes, and holds many times what is allowed.
    const part = gzipSync(Buffer.alloc(2 ** 26))
    const copies = (10 * limits.bytes) / 2 ** 26
    const file = join(await folderWith({}), 'a.csv.gz')
    await writeFile(file, Buffer.concat(Array<Buffer>(copies).fill(part)))
    let read = 0
    let held = 0
    const taken = async () => {
      const { portions } = contentsOf(file, (fraction) => void (read = fraction))
      for await (const portion of portions) held += portion.length
    }
    await expect(taken()).rejects.toThrow('a.csv.gz: it holds over 1 GiB')
    expect(held).toBeLessThanOrEqual(limits.bytes)
    expect(read).toBeLessThan(0.2)
  })

  test('has more rows than are kept', () => {
    const table = new TableBuilder('a.csv')
    for (let row = 0; row < limits.rows; row++) table.push([], row)
    expect(() => table.push([], limits.rows)).toThrow('a.csv: it has over 16,000,000 rows')
  })

  test('names other columns than there are', async () => {
    expect(await mistakeOf('a.csv', '1,2\n', { columns: ['a'] })).toBe(
      '--columns names 1 columns, and a.csv:1 has 2 cells',
    )
  })
})
