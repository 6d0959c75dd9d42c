import { TableError } from '../mistakes.ts'
import { limits, type TableBuilder } from './table.ts'

/*
 * NumPy's format for arrays: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

type Read = (data: DataView, at: number, isLittle: boolean) => number | boolean

const wide = (value: bigint) => Number(value)

/** How elements are read, by NumPy's letter and the bytes of each. */
const elements: Readonly<Record<string, Read>> = {
  b1: (data, at) => data.getUint8(at) !== 0,
  i1: (data, at) => data.getInt8(at),
  i2: (data, at, isLittle) => data.getInt16(at, isLittle),
  i4: (data, at, isLittle) => data.getInt32(at, isLittle),
  i8: (data, at, isLittle) => wide(data.getBigInt64(at, isLittle)),
  u1: (data, at) => data.getUint8(at),
  u2: (data, at, isLittle) => data.getUint16(at, isLittle),
  u4: (data, at, isLittle) => data.getUint32(at, isLittle),
  u8: (data, at, isLittle) => wide(data.getBigUint64(at, isLittle)),
  f4: (data, at, isLittle) => data.getFloat32(at, isLittle),
  f8: (data, at, isLittle) => data.getFloat64(at, isLittle),
}

interface Header {
  readonly read: Read
  readonly bytesEach: number
  readonly isLittle: boolean
  readonly isFortran: boolean
  readonly shape: readonly number[]
  /** Where the elements start. */
  readonly start: number
}

/** Reads an array as a table: a row for each index of its first axis, a column, called 1, 2, …, for each place along the others. */
export async function readNpy(portions: AsyncIterable<Uint8Array>, table: TableBuilder): Promise<void> {
  const parts: Uint8Array[] = []
  for await (const part of portions) parts.push(part)
  const bytes = Buffer.concat(parts)
  const { read, bytesEach, isLittle, isFortran, shape, start } = headerIn(bytes, table.file)
  const [rows = 1, ...rest] = shape
  const width = rest.reduce((product, extent) => product * extent, 1)
  const isWhole = rows * width <= limits.cells && bytes.length - start === rows * width * bytesEach
  if (!isWhole || width > limits.columns)
    throw new TableError([
      `${table.file}: its header says ${shape.join(' × ')} elements of ${bytesEach} bytes, and ${bytes.length - start} bytes follow it`,
    ])
  const data = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start)
  const strides = isFortran ? fortranOffsets(rows, rest) : undefined
  table.isNamed = false
  table.name(Array.from({ length: width }, (_, k) => String(k + 1)))
  for (let row = 0; row < rows; row++) {
    const cells = Array.from({ length: width }, (_, k) =>
      read(data, bytesEach * (strides ? row + strides[k]! : row * width + k), isLittle),
    )
    table.push(cells, row)
  }
}

/** For each place of a row, in row-major order, where it lies in column-major order. */
function fortranOffsets(rows: number, rest: readonly number[]): number[] {
  let offsets = [0]
  let stride = rows
  for (const extent of rest) {
    const step = stride
    offsets = offsets.flatMap((offset) => Array.from({ length: extent }, (_, k) => offset + k * step))
    stride *= extent
  }
  return offsets
}

const magic = '\u0093NUMPY'
/** A Python literal with these keys alone: nothing of it is evaluated. */
const literal =
  /^\{'descr': ?'([<>|=])([a-zA-Z]\d+)', ?'fortran_order': ?(True|False), ?'shape': ?\(((?:\d{1,15}, ?)*(?:\d{1,15})?)\),? ?\}\s*$/

function headerIn(bytes: Buffer, file: string): Header {
  const fail = (what: string): never => {
    throw new TableError([`${file}: ${what}`])
  }
  const version = bytes[6] ?? 0
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== magic || version < 1 || version > 3)
    fail("it isn't an array in NumPy's format, as numpy.save writes it")
  const length = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8)
  const at = version === 1 ? 10 : 12
  if (length > bytes.length - at || length > 2 ** 16) fail('its header is longer than the file')
  const parts =
    literal.exec(bytes.toString('latin1', at, at + length)) ?? fail('its header has no plain dtype and shape')
  const [, order, dtype = '', fortran, extents = ''] = parts
  const read = Object.hasOwn(elements, dtype)
    ? elements[dtype]!
    : fail(`there are no numbers of dtype ${dtype} here; expected one of ${Object.keys(elements).join(', ')}`)
  return {
    ...{ read, bytesEach: Number(dtype.slice(1)), isLittle: order !== '>', isFortran: fortran === 'True' },
    shape: extents
      .split(',')
      .filter((extent) => extent.trim() !== '')
      .map(Number),
    start: at + length,
  }
}
