#!/usr/bin/env node
// The `pergola` command of a checkout: installs what is missing and runs the sources under the pinned Node.

process.argv.splice(2, 0, 'src/cli/main.ts');
await import('./bootstrap.mjs');
