/** asciichart comes without types. */
declare module 'asciichart' {
  interface Settings {
    readonly height?: number
    readonly format?: (value: number) => string
    /** Escape sequences, one a series. */
    readonly colors?: readonly string[]
  }

  export function plot(series: readonly number[] | readonly (readonly number[])[], settings?: Settings): string
}
