import { expectNetworksToAgree } from './expect.ts'

expectNetworksToAgree(550, { target: 'wasm', precision: 'f32' })
