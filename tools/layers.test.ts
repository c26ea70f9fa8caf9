// The table of rooms as data: what each folder of src/ may import. Fails when a room imports what its line does not name.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { parseSync } from 'oxc-parser';

const root = join(import.meta.dirname, '..');

/** Room → rooms it may import; `base` is open to all. `cli` sees all. */
const rooms: Readonly<Record<string, readonly string[] | 'all'>> = {
  base: [],
  policy: [],
  routing: [],
  sigv4: [],
  identity: ['policy'],
  domain: ['policy', 'routing'],
  snapshot: ['policy', 'routing'],
  compiler: ['domain', 'snapshot', 'policy', 'routing', 'identity', 'sigv4'],
  store: ['domain'],
  telemetry: [],
  feed: ['snapshot'],
  ca: [],
  aws: ['sigv4'],
  api: ['aws', 'domain', 'store', 'policy', 'ca', 'telemetry', 'identity'],
  control: ['domain', 'store', 'compiler', 'snapshot', 'feed', 'ca', 'identity', 'sigv4'],
  proxy: ['snapshot', 'routing', 'policy', 'sigv4', 'telemetry', 'identity'],
  dns: ['snapshot'],
  network: ['snapshot'],
  workload: ['snapshot', 'network', 'identity'],
  explain: ['snapshot', 'routing', 'policy', 'sigv4', 'proxy', 'identity', 'telemetry'],
  envoy: ['snapshot', 'policy', 'sigv4', 'telemetry'],
  kube: [],
  cli: 'all',
};

function importsOf(file: string): string[] {
  const { module, errors } = parseSync(file, readFileSync(file, 'utf8'));
  assert.equal(errors.length, 0, `${file} does not parse`);
  return [
    ...module.staticImports.map((one) => one.moduleRequest.value),
    ...module.staticExports.flatMap((one) =>
      one.entries.flatMap((entry) => (entry.moduleRequest === null ? [] : [entry.moduleRequest.value])),
    ),
  ];
}

const files = globSync('src/**/*.ts', { cwd: root }).map((file) => join(root, file));

test('rooms import only what their line names', () => {
  assert.ok(files.length > 0, 'no file was seen');
  const wrong: string[] = [];
  for (const file of files) {
    const room = relative(join(root, 'src'), file).split('/')[0] ?? '';
    const allowed = rooms[room];
    if (allowed === undefined) {
      wrong.push(`${relative(root, file)} is in no room of the table`);
      continue;
    }
    for (const specifier of importsOf(file)) {
      if (!specifier.startsWith('.')) continue;
      const target = relative(join(root, 'src'), resolve(dirname(file), specifier));
      const other = target.split('/')[0] ?? '';
      if (other === room) {
        if (target.endsWith('/index.ts') && target.split('/').length === 2 && !file.endsWith('.test.ts'))
          wrong.push(`${relative(root, file)} imports its own room's index.ts`);
        continue;
      }
      if (target.startsWith('..')) {
        if (!file.endsWith('.test.ts')) wrong.push(`${relative(root, file)} imports ${specifier}, outside of src/`);
      } else if (allowed !== 'all' && other !== 'base' && !allowed.includes(other)) {
        wrong.push(`${relative(root, file)} (${room}) imports ${target}`);
      } else if (other !== 'base' && !/^[^/]+\/([\w-]+\/)?index\.ts$/.test(target) && !file.endsWith('.test.ts')) {
        wrong.push(`${relative(root, file)} imports ${target}, not the room's index.ts`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test('only cli/ reads arguments and environment', () => {
  const readers = files.filter(
    (file) =>
      !file.includes('/src/cli/') &&
      !file.endsWith('.test.ts') &&
      /process\.(env|argv)\b/.test(readFileSync(file, 'utf8')),
  );
  assert.deepEqual(
    readers.map((file) => relative(root, file)),
    [],
  );
});
