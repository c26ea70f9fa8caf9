// `npm run conformance`: the suites that take long or need tools of the machine, as a table of scores; with names as arguments, only these.

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPart, findObstacle, toolsOf, type PartName } from '../../tools/peers.ts';
import type { Tool } from '../../tools/registries.ts';

const root = join(import.meta.dirname, '..', '..');

/** What one suite is. `args` are for Node; `environment` is beside the process's own. */
interface Suite {
  readonly name: string;
  readonly needs: readonly Tool[];
  /** What is fetched for it. */
  readonly parts?: readonly PartName[];
  /** It takes so long that it runs only where it is named. Needs a program that no Debian package has. */
  readonly onRequest?: { readonly program: string };
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** How a suite went. */
interface Score {
  readonly outcome: 'ok  ' | 'skip' | 'FAIL';
  /** `12 of 12`, or why it did not run. */
  readonly text: string;
  readonly output: string;
}

const namespaces: readonly Tool[] = [
  { program: 'ip', debian: 'iproute2' },
  { program: 'nft', debian: 'nftables' },
  { program: 'nsenter', debian: 'util-linux' },
];

const suites: readonly Suite[] = [
  {
    name: 'dig',
    needs: [{ program: 'dig', debian: 'bind9-dnsutils' }],
    args: tests('test/conformance/dig.test.ts'),
  },
  { name: 'h1spec', needs: [], args: tests('test/conformance/h1spec.test.ts') },
  {
    name: 'a sync before each answer',
    needs: [{ program: 'strace', debian: 'strace' }],
    args: tests('test/conformance/store-sync.test.ts'),
  },
  {
    name: '500 cuts of the log',
    needs: [],
    args: tests('test/store/sqlite.test.ts'),
    environment: { PERGOLA_CUTS: '500' },
  },
  {
    name: '60 kills of the store',
    needs: [],
    args: tests('test/store/kill.test.ts'),
    environment: { PERGOLA_KILLS: '60' },
  },
  {
    name: '200 kills of whole servers',
    needs: namespaces,
    args: tests('test/crash/rounds.test.ts'),
    environment: { PERGOLA_ROUNDS: '200' },
  },
  {
    name: 'even shares of 100,000',
    needs: [],
    args: tests('test/e2e/targets.test.ts'),
    environment: { PERGOLA_REQUESTS: '100000' },
  },
  {
    name: "functions on AWS's clients",
    needs: [{ program: 'python3', debian: 'python3' }],
    parts: ['lambda-node', 'lambda-python'],
    args: tests('test/conformance/functions.test.ts'),
  },
  {
    name: 'boto3 and the AWS CLI',
    needs: [{ program: 'python3', debian: 'python3' }],
    parts: ['aws-python'],
    args: tests('test/conformance/clients.test.ts'),
  },
  {
    name: 'the AWS Common Runtime signs',
    needs: [],
    parts: ['aws-crt'],
    args: tests('test/conformance/common-runtime.test.ts'),
  },
  {
    name: 'recipes for signing',
    needs: [
      ...namespaces,
      { program: 'python3', debian: 'python3' },
      { program: 'curl', debian: 'curl' },
      { program: 'go', debian: 'golang-go' },
      { program: 'javac', debian: 'default-jdk-headless' },
    ],
    parts: ['aws-python', 'aws-go', 'aws-java'],
    args: tests('test/conformance/signing-recipes.test.ts'),
  },
  {
    name: 'the story with dig, curl and the AWS CLI',
    needs: [
      ...namespaces,
      { program: 'dig', debian: 'bind9-dnsutils' },
      { program: 'curl', debian: 'curl' },
      { program: 'python3', debian: 'python3' },
    ],
    parts: ['aws-python'],
    args: tests('test/conformance/story.test.ts'),
  },
  {
    name: 'terraform',
    needs: [],
    parts: ['terraform-aws'],
    onRequest: { program: 'terraform' },
    args: tests('test/conformance/terraform.test.ts'),
  },
  // The same run that judges docs/parity.md, so that the suite need not run twice.
  { name: 'the SDK end to end, parity', needs: namespaces, args: ['tools/parity.ts', '--check'] },
];

/** Arguments that run test files; fails when there is none, for an empty suite shows nothing. */
function tests(pattern: string): readonly string[] {
  const files = globSync(pattern, { cwd: root }).sort();
  if (files.length === 0) throw new Error(`${pattern} has no test`);
  return ['--test', '--test-reporter=tap', '--test-concurrency=2', '--test-force-exit', ...files];
}

/** Why a suite that runs on request is left out; undefined when it is none, or can run. */
function whyLeftOut({ name, onRequest }: Suite): string | undefined {
  if (onRequest === undefined) return undefined;
  if (!wanted.includes(name)) return `takes ten minutes; run it by its name: npm run conformance -- ${name}`;
  const { program } = onRequest;
  const { status } = spawnSync('sh', ['-c', `command -v ${program}`]);
  return status === 0 ? undefined : `there is no ${program} here`;
}

function run(suite: Suite): Score {
  const left = whyLeftOut(suite);
  if (left !== undefined) return { outcome: 'skip', text: left, output: '' };
  const { needs, parts = [], args, environment = {} } = suite;
  let obstacle = findObstacle([...needs, ...parts.flatMap(toolsOf)]);
  for (const part of parts) obstacle ??= fetchPart(part);
  if (obstacle !== undefined)
    return { outcome: process.env['CI'] === 'true' ? 'FAIL' : 'skip', text: obstacle, output: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 1 << 28,
  });
  const count = (word: string): number => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(stdout)?.[1] ?? 0);
  const skipped = count('skipped');
  const text = stdout.includes('# tests ')
    ? `${count('pass')} of ${count('tests')}${skipped === 0 ? '' : `, ${skipped} skipped`}`
    : `${Number(status === 0)} of 1`;
  return { outcome: status === 0 ? 'ok  ' : 'FAIL', text, output: status === 0 ? '' : stdout + stderr };
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => suites.every((suite) => suite.name !== name));
if (unknown.length > 0) {
  process.stderr.write(`no suite ${unknown.join(', ')}; there are: ${suites.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}
const rows: string[] = [];
let failed = false;
for (const suite of suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const start = performance.now();
  const { outcome, text, output } = run(suite);
  failed ||= outcome === 'FAIL';
  process.stderr.write(output);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const row = `${outcome} | ${suite.name.padEnd(28)} | ${text} | ${seconds} s`;
  process.stderr.write(`${row}\n`);
  rows.push(row);
}
process.stdout.write(`\n${rows.join('\n')}\n`);
process.exitCode = failed ? 1 : 0;
