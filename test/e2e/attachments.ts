// The ways in which a machine carries VPCs, and cases that run on each of them or say why they do not.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { runCommand, whyNoNamespaces } from '../../src/network/index.ts';
import { recordEnforced } from '../recorded-calls.ts';
import { ownCheckout, TestServer, type Checkout, type StartOptions } from '../server.ts';

/** In a copy of the repository, as a user without any rights: `userns` with namespaces in a user namespace, `other user` on loopback. */
export type AttachmentName = 'netns' | 'loopback' | 'userns' | 'other user';

/** For each attachment: that the case runs on it, or the reason why it does not. */
export type Runs = Readonly<Record<AttachmentName, true | string>>;

/** Cases that are true of every attachment, and on loopback of every user. */
export const everywhere: Runs = { netns: true, loopback: true, userns: true, 'other user': true };

/** Cases that are true of every attachment, and tell nothing of rights. */
export const ofEveryKind: Runs = { ...everywhere, 'other user': 'loopback is the same with all rights' };

/** A case: its name, where it runs, and what it does with the server of its suite. */
export interface Case {
  readonly name: string;
  readonly runs: Runs;
  /** The operations whose effect it sees in traffic, not only in what other calls answer: docs/parity.md names them. */
  readonly enforces?: readonly string[];
  readonly run: (server: TestServer, t: TestContext) => Promise<void>;
}

/** The user and group `nobody` of Linux systems. */
const nobody = 65_534;

const root = process.getuid?.() === 0;
const noNamespaces = await whyNoNamespaces(runCommand, process.pid);
const noOtherUser = whyNoOtherUser();
const missing: Readonly<Record<AttachmentName, string | undefined>> = {
  netns: noNamespaces === undefined ? undefined : `no namespaces here: ${noNamespaces}`,
  loopback: undefined,
  userns: noOtherUser ?? whyNoUserNamespaces(),
  'other user': noOtherUser,
};
if (process.env['CI'] === 'true') {
  const [reason] = Object.values(missing).filter((one) => one !== undefined);
  if (reason !== undefined) throw new Error(`an attachment is needed: ${reason}`);
}

/** Runs `cases` on every attachment; those of one attachment share a server that is started with `options`. */
export function onEveryAttachment(options: Omit<StartOptions, 'attach' | 'checkout'>, cases: readonly Case[]): void {
  for (const name of ['netns', 'loopback', 'userns', 'other user'] as const) {
    const nowhere = cases.every(({ runs }) => runs[name] !== true) ? 'none of its cases runs on it' : false;
    describe(`on ${name}`, { skip: missing[name] ?? nowhere }, () => {
      let server: TestServer | undefined;
      let checkout: Checkout | undefined;
      before(async () => {
        checkout = name === 'userns' || name === 'other user' ? copyCheckout() : ownCheckout;
        const attach = name === 'netns' || name === 'userns' ? 'netns' : 'loopback';
        server = await TestServer.start({ ...options, checkout, attach });
        assert.equal(server.attach, name === 'other user' ? 'loopback' : name);
      });
      after(async () => {
        await server?.[Symbol.asyncDispose]();
        if (checkout !== undefined && checkout !== ownCheckout) rmSync(checkout.root, { recursive: true, force: true });
      });
      for (const one of cases) {
        const runs = one.runs[name];
        test(one.name, { skip: runs === true ? false : runs }, async (t) => {
          if (server === undefined) throw new Error('there is no server');
          const before = server.calls.length;
          await one.run(server, t);
          recordEnforced(one.enforces ?? [], new Set(server.calls.slice(before)));
        });
      }
    });
  }
}

function whyNoOtherUser(): string | undefined {
  if (!root) return 'only root can become another user';
  return spawnSync('setpriv', ['--version']).status === 0 ? undefined : 'there is no setpriv (util-linux)';
}

function whyNoUserNamespaces(): string | undefined {
  const user = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
  const trial = ['unshare', '--user', '--map-root-user', '--mount', '--net', 'true'];
  const { status, stderr } = spawnSync('setpriv', [...user, ...trial], { encoding: 'utf8' });
  return status === 0 ? undefined : `no user namespaces here: ${stderr.trim()}`;
}

/** A copy of what running and testing needs, which `nobody` can read, with a home directory that is its own. */
export function copyCheckout(): Checkout {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'pergola-copy-')));
  chmodSync(copy, 0o755);
  for (const part of ['package.json', 'package-lock.json', 'src', 'test', 'tools'])
    cpSync(join(ownCheckout.root, part), join(copy, part), { recursive: true });
  mkdirSync(join(copy, 'node_modules'));
  for (const name of runtimePackages()) linkOrCopy(name, copy);
  const home = join(copy, 'home');
  mkdirSync(home);
  chownSync(home, nobody, nobody);
  return { root: copy, user: { uid: nobody, gid: nobody, home } };
}

/** The folders of node_modules that are not only for development, as the lock file tells. */
function runtimePackages(): readonly string[] {
  const lock = JSON.parse(readFileSync(join(ownCheckout.root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  };
  return Object.entries(lock.packages).flatMap(([path, { dev }]) =>
    /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && dev !== true ? [path] : [],
  );
}

/** Hundreds of megabytes: linked where the file system can. */
function linkOrCopy(path: string, to: string): void {
  const from = join(ownCheckout.root, path);
  if (!existsSync(from)) return;
  mkdirSync(dirname(join(to, path)), { recursive: true });
  if (spawnSync('cp', ['-a', '--link', from, join(to, path)]).status === 0) return;
  const copied = spawnSync('cp', ['-a', from, dirname(join(to, path))], { encoding: 'utf8' });
  if (copied.status !== 0) throw new Error(`${path} cannot be copied: ${copied.stderr}`);
}
