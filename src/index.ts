export * from './neutral.ts'
export { readSpecFile } from './host/specFile.ts'
