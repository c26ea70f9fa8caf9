// Installs what is missing, then runs a TypeScript entry under the pinned Node; plain JavaScript so that an older Node can start it.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.pergola-lock');
const pinned = join(root, 'node_modules', 'node', 'bin', 'node');

/**
 * Installs when the lock file is not the one that was last installed; ends the process when that fails. Not `npm ci`: it refuses a lock
 * file that lacks other platforms' optional packages, which a registry mirror of one platform cannot give.
 */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(pinned) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('installing packages (once; about half a minute)\n');
  const npm = spawnSync('npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (npm.status !== 0) {
    process.stderr.write(
      `npm install failed${npm.error === undefined ? '' : `: ${npm.error.message}`}; run it by hand in ${root}\n`,
    );
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) {
  process.stderr.write('usage: node tools/bootstrap.mjs ENTRY [ARGUMENT...]\n');
  process.exit(2);
}
install();
const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}` };
const child = spawn(pinned, [join(root, entry), ...args], { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
