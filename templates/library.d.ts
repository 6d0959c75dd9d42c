// The language's library as far as emitted code may use it: modules are checked against this when they are generated,
// and every name in them is declared by the module or here.

type Exclude<T, U> = T extends U ? never : T
type Partial<T> = { [K in keyof T]?: T[K] }
type Readonly<T> = { readonly [K in keyof T]: T[K] }
type Record<K extends keyof any, T> = { [P in K]: T }

declare const Infinity: number
declare const NaN: number

declare const Math: {
  readonly PI: number
  abs(x: number): number
  ceil(x: number): number
  cos(x: number): number
  exp(x: number): number
  expm1(x: number): number
  floor(x: number): number
  fround(x: number): number
  log(x: number): number
  log1p(x: number): number
  max(...values: number[]): number
  min(...values: number[]): number
  pow(x: number, y: number): number
  sign(x: number): number
  sin(x: number): number
  sqrt(x: number): number
  tan(x: number): number
  tanh(x: number): number
  trunc(x: number): number
}

interface Number {}
declare const Number: {
  (value?: unknown): number
  isFinite(value: unknown): boolean
  isInteger(value: unknown): boolean
  isSafeInteger(value: unknown): boolean
}
interface BigInt {}
declare const BigInt: (value: number) => bigint

interface String extends Iterable<string> {
  readonly [index: number]: string
  readonly length: number
  charCodeAt(index: number): number
  match(pattern: RegExp): Array<string> | null
  repeat(count: number): string
  replace(pattern: RegExp, replacement: string): string
  slice(start?: number, end?: number): string
  toLowerCase(): string
}
declare const String: {
  (value?: unknown): string
  fromCharCode(...codes: number[]): string
}

interface ArrayLike<T> {
  readonly length: number
  readonly [index: number]: T
}
interface ReadonlyArray<T> extends Iterable<T> {
  readonly length: number
  readonly [index: number]: T
  flatMap<U>(value: (element: T, index: number) => U | readonly U[]): U[]
  forEach(action: (element: T, index: number) => void): void
  includes(value: T): boolean
  indexOf(value: T): number
  join(separator?: string): string
  map<U>(value: (element: T, index: number) => U): U[]
  reduce<U>(value: (result: U, element: T, index: number) => U, start: U): U
  slice(start?: number, end?: number): T[]
  some(predicate: (element: T, index: number) => unknown): boolean
  find(predicate: (element: T, index: number) => unknown): T | undefined
}
interface Array<T> extends Iterable<T> {
  length: number
  [index: number]: T
  fill(value: T): this
  flatMap<U>(value: (element: T, index: number) => U | readonly U[]): U[]
  forEach(action: (element: T, index: number) => void): void
  includes(value: T): boolean
  indexOf(value: T): number
  join(separator?: string): string
  map<U>(value: (element: T, index: number) => U): U[]
  reduce<U>(value: (result: U, element: T, index: number) => U, start: U): U
  slice(start?: number, end?: number): T[]
  some(predicate: (element: T, index: number) => unknown): boolean
  find(predicate: (element: T, index: number) => unknown): T | undefined
  sort(order?: (a: T, b: T) => number): this
}
declare const Array: {
  isArray(value: unknown): boolean
  new <T>(length: number): T[]
  from<T, U>(values: ArrayLike<T> | Iterable<T>, value: (element: T, index: number) => U): U[]
}

interface Object {}
declare const Object: {
  (value: unknown): any
  assign(target: object, ...sources: object[]): any
  entries<T>(record: { [key: string]: T } | object): [string, T][]
  freeze<T>(record: T): Readonly<T>
  fromEntries<T>(entries: Iterable<readonly [string, T]>): { [key: string]: T }
  hasOwn(record: object, name: string): boolean
  keys(record: object): string[]
  values<T>(record: { [key: string]: T } | object): T[]
  readonly prototype: { readonly toString: { call(value: unknown): string } }
}
interface Map<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): this
}
declare const Map: new <K, V>(entries?: Iterable<readonly [K, V]>) => Map<K, V>
interface ReadonlyMap<K, V> {
  get(key: K): V | undefined
}
interface WeakMap<K extends object, V> {
  get(key: K): V | undefined
  set(key: K, value: V): this
}
declare const WeakMap: new <K extends object, V>() => WeakMap<K, V>

interface Generator<T, R, N> extends IterableIterator<T, R, N> {}

interface Error {}
interface ErrorConstructor {
  new (message?: string, options?: { cause?: unknown }): Error
}
declare const Error: ErrorConstructor
declare const RangeError: ErrorConstructor
declare const TypeError: ErrorConstructor

declare const JSON: {
  parse(text: string): any
  stringify(value: unknown): string
}

interface ArrayBuffer {
  readonly byteLength: number
}
declare const ArrayBuffer: {
  new (length: number): ArrayBuffer
  isView(value: unknown): value is ArrayBufferView
}
interface ArrayBufferView {
  readonly buffer: ArrayBuffer
  readonly byteLength: number
  readonly byteOffset: number
}
interface DataView {
  readonly buffer: ArrayBuffer
  getUint8(offset: number): number
  getBigUint64(offset: number, littleEndian?: boolean): bigint
  getUint16(offset: number, littleEndian?: boolean): number
  getUint32(offset: number, littleEndian?: boolean): number
  getFloat32(offset: number, littleEndian?: boolean): number
  getFloat64(offset: number, littleEndian?: boolean): number
  setUint8(offset: number, value: number): void
  setUint32(offset: number, value: number, littleEndian?: boolean): void
  setFloat32(offset: number, value: number, littleEndian?: boolean): void
  setFloat64(offset: number, value: number, littleEndian?: boolean): void
}
declare const DataView: new (buffer: ArrayBuffer, offset?: number, length?: number) => DataView
/** The typed arrays' members. */
interface TypedArray<Self> extends Iterable<number> {
  readonly BYTES_PER_ELEMENT: number
  readonly buffer: ArrayBuffer
  readonly byteLength: number
  readonly byteOffset: number
  readonly length: number
  [index: number]: number
  fill(value: number, start?: number, end?: number): this
  map(value: (element: number, index: number) => number): Self
  set(values: ArrayLike<number>, offset?: number): void
  slice(start?: number, end?: number): Self
  subarray(start?: number, end?: number): Self
}
interface TypedArrayConstructor<Self> {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): Self
  new (values: ArrayLike<number>): Self
  new (buffer: ArrayBuffer, offset?: number, length?: number): Self
  from<T>(values: ArrayLike<T> | Iterable<T>, value?: (element: T, index: number) => number): Self
}
interface Float32Array extends TypedArray<Float32Array> {}
declare const Float32Array: TypedArrayConstructor<Float32Array>
interface Float64Array extends TypedArray<Float64Array> {}
declare const Float64Array: TypedArrayConstructor<Float64Array>
interface Uint32Array extends TypedArray<Uint32Array> {}
declare const Uint32Array: TypedArrayConstructor<Uint32Array>
interface Uint8Array extends TypedArray<Uint8Array> {}
declare const Uint8Array: TypedArrayConstructor<Uint8Array>
