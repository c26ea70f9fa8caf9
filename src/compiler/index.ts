// State → snapshot (pure).

export { compile, nothingCompiled, type Compiled } from './compile.ts';
