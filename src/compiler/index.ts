// State → snapshot (pure).

export { compile, nothingCompiled, type Compiled } from './compile.ts';
export type { KeySource } from './identity.ts';
