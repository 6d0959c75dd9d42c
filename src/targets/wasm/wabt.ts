/** The WebAssembly binary toolkit. The packed package has it in one file, by `scripts/bundle.ts`. */
export { default } from 'wabt'
