// A target that runs as an instance: like `target.ts`, and it writes its process id. Arguments: name, port, file.

import { writeFileSync } from 'node:fs';

const [, , , , path = ''] = process.argv;
writeFileSync(path, String(process.pid));
await import('./target.ts');
