// The types that TypeScript's checker itself asks for. Modules must not name these.

interface Boolean {}
interface Function {}
interface CallableFunction extends Function {}
interface NewableFunction extends Function {}
interface IArguments {}
interface RegExp {}
interface Symbol {}

declare const Symbol: { readonly iterator: unique symbol }

type IteratorResult<T, R = any> = { done?: false; value: T } | { done: true; value: R }
interface Iterator<T, R = any, N = any> {
  next(...values: [] | [N]): IteratorResult<T, R>
}
interface Iterable<T, R = any, N = any> {
  [Symbol.iterator](): Iterator<T, R, N>
}
interface IterableIterator<T, R = any, N = any> extends Iterator<T, R, N> {
  [Symbol.iterator](): IterableIterator<T, R, N>
}
