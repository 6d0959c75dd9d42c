/** TypeScript's compiler. It takes long to load, so a module that imports this is itself imported when it is first needed. */
export { default as ts } from 'typescript'
