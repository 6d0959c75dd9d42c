/** The package comes without types; this is what the examples use of it. */
declare module 'asciichart' {
  export function plot(series: readonly number[], settings?: { readonly height?: number }): string
}
