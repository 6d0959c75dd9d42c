/** What a module may be of alone, where it isn't all of a network: a model is inference. */
export const onlyNames = ['model'] as const

export type Only = (typeof onlyNames)[number]
