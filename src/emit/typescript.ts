/**
 * TypeScript's checker. The build takes it from TypeScript without the services of editors, which take twice as long to load: so
 * syntax has no methods and no getters here, such as an identifier's `text`.
 */
export { default as ts } from 'typescript'
