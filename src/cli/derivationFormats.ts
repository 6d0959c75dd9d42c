/** The formats of derivations, and how the names of their files end. */
export const derivationFormats = { text: '.txt', markdown: '.md' } as const

export type DerivationFormat = keyof typeof derivationFormats
