// Installs what is missing, then runs a TypeScript entry under the pinned Node; plain JavaScript so that an older Node can start it.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.pergola-lock');
/** There while a process installs. */
const busy = join(root, '.installing');
const pinned = join(root, 'node_modules', 'node', 'bin', 'node');

/**
 * Installs when the lock file is not the one that was last installed; ends the process when that fails. Not `npm ci`: it refuses a lock
 * file that lacks other platforms' optional packages, which a registry mirror of one platform cannot give.
 */
function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = () => existsSync(pinned) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock;
  if (installed()) return;
  // Of two commands that begin at once, one installs and the other waits for it: npm does not bear two in one folder.
  while (!begin()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  process.on('exit', () => rmSync(busy, { recursive: true, force: true }));
  if (installed()) return;
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
  // A new file, not new content: a copy of the folder by hard links must not be told that it has been installed.
  rmSync(stamp, { force: true });
  writeFileSync(stamp, lock);
  rmSync(busy, { recursive: true, force: true });
}

/** Whether this process may install now; the place of one that has ended is taken over. */
function begin() {
  try {
    mkdirSync(busy);
    writeFileSync(join(busy, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    process.kill(Number(readFileSync(join(busy, 'pid'), 'utf8')), 0);
  } catch (error) {
    // Either no such process, or no number: its process has ended too unless it began a moment ago. One that has just gone is seen at the next look.
    const since = statSync(busy, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (error.code === 'ESRCH' || (error.code === 'ENOENT' && Date.now() - since > 5000))
      rmSync(busy, { recursive: true, force: true });
  }
  return false;
}

const [entry, ...args] = process.argv.slice(2);
if (entry === undefined) {
  process.stderr.write('usage: node tools/bootstrap.mjs ENTRY [ARGUMENT...]\n');
  process.exit(2);
}
install();
const env = {
  // What is compiled is kept beside the packages: starting a process took 0.36 s of CPU, stripping types most of it, and takes 0.12 s then.
  NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'pergola'),
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
};
const child = spawn(pinned, [join(root, entry), ...args], { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
