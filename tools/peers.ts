// Parts of other people that conformance suites run beside Pergola: fetched once into a cache folder outside of the checkout. `node tools/peers.ts [NAME...]` fetches them.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program that a suite or a part needs, and the Debian package that has it. */
export interface Tool {
  readonly program: string;
  readonly debian: string;
}

/** What comes from a registry. Versions are exact: a new one is a new folder. */
interface Part {
  readonly registry: 'npm' | 'pypi';
  readonly packages: readonly string[];
  /** What fetching it needs; not needed when it is there. */
  readonly needs: readonly Tool[];
}

const python: readonly Tool[] = [
  { program: 'python3', debian: 'python3' },
  { program: 'pip3', debian: 'python3-pip' },
];

const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore'];

const parts = {
  // Builds curl and a native client from sources that it brings.
  'lambda-node': {
    registry: 'npm',
    packages: ['aws-lambda-ric@4.0.2'],
    needs: [
      ...['autoconf', 'automake', 'cmake', 'g++', 'make', 'python3'].map((name) => ({ program: name, debian: name })),
      { program: 'libtoolize', debian: 'libtool' },
      { program: 'xz', debian: 'xz-utils' },
    ],
  },
  'lambda-python': {
    registry: 'pypi',
    packages: ['awslambdaric==4.2.2', 'aws-lambda-powertools==3.37.0'],
    needs: python,
  },
  // Clients that are neither ours nor the JavaScript SDK.
  'aws-python': { registry: 'pypi', packages: ['awscli==1.46.3', 'boto3==1.44.5'], needs: python },
  // AWS's own signer in C, of both signatures; brings its native code for each platform.
  'aws-crt': { registry: 'npm', packages: ['aws-crt@1.33.2'], needs: [] },
  // A mock of AWS's control planes, beside which calls are measured.
  moto: { registry: 'pypi', packages: ['moto[server]==5.2.5'], needs: python },
} as const satisfies Readonly<Record<string, Part>>;

/** The name of a part. */
export type PartName = keyof typeof parts;

/** What must be there to fetch a part; nothing when it is there itself. */
export function toolsOf(name: PartName): readonly Tool[] {
  return existsSync(partFolder(name)) ? [] : parts[name].needs;
}

/** Where the part is when it has been fetched: the folder with `node_modules`, or the one for PYTHONPATH. Native code is of one platform and one interpreter. */
export function partFolder(name: PartName): string {
  const { registry, packages }: Part = parts[name];
  const abi =
    registry === 'npm'
      ? `node${process.versions.modules}`
      : spawnSync('python3', ['-c', 'import sys; print(sys.implementation.cache_tag)'], { encoding: 'utf8' }).stdout;
  const { XDG_CACHE_HOME: named = '' } = process.env;
  const cache = named === '' ? join(homedir(), '.cache') : named;
  const versions = packages.map((one) => one.replaceAll(/[^\w.-]+/g, '-')).join('+');
  return join(cache, 'pergola', `${versions}-${process.platform}-${process.arch}-${(abi ?? 'none').trim()}`);
}

/** Fetches the part unless it is there; a sentence when it cannot be had. What the registry's client says goes to standard error. */
export function fetchPart(name: PartName): string | undefined {
  const folder = partFolder(name);
  if (existsSync(folder)) return undefined;
  const { registry, packages }: Part = parts[name];
  // Made beside its place and moved there whole: a folder that exists is complete, whoever else fetches it now.
  const made = `${folder}.${process.pid}`;
  mkdirSync(made, { recursive: true });
  const [program, ...args] =
    registry === 'npm'
      ? ['npm', 'install', '--prefix', made, '--no-fund', '--no-audit', '--loglevel=error', ...packages]
      : ['python3', '-m', 'pip', 'install', ...quiet, '--target', made, ...packages];
  if (registry === 'npm') writeFileSync(join(made, 'package.json'), '{ "private": true }\n');
  // Headers that the system has need not be fetched: Node's interface for native code is the same in every version.
  const headers = existsSync('/usr/include/node/node_api.h') ? { npm_config_nodedir: '/usr' } : {};
  const env = { ...process.env, ...headers };
  const started = spawnSync(program ?? '', args, { cwd: made, env, stdio: ['ignore', 2, 2], timeout: 600_000 });
  try {
    if (started.status !== 0)
      return `${packages.join(' ')} could not be installed: ${started.error?.message ?? `${program} ended with ${started.status ?? started.signal}`}`;
    if (!existsSync(folder)) renameSync(made, folder);
    return undefined;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Installs programs that are missing, as root by apt-get; a sentence when that is not possible. */
export function findObstacle(tools: readonly Tool[]): string | undefined {
  const missing = (): readonly Tool[] =>
    tools.filter(({ program }) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0);
  const packages = missing().map(({ debian }) => debian);
  if (packages.length === 0) return undefined;
  if (process.getuid?.() !== 0) return `needs the Debian packages ${packages.join(' ')}`;
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', ...packages],
  ])
    spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  const still = missing().map(({ program }) => program);
  return still.length === 0 ? undefined : `${still.join(', ')} could not be installed from ${packages.join(' ')}`;
}

/** Whether a text is a part's name. */
function isPartName(text: string): text is PartName {
  return Object.hasOwn(parts, text);
}

if (import.meta.main) {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts);
  for (const name of wanted) {
    const problem = isPartName(name)
      ? (findObstacle(toolsOf(name)) ?? fetchPart(name))
      : `no such part; there are: ${Object.keys(parts).join(', ')}`;
    if (problem !== undefined) process.exitCode = 1;
    process.stdout.write(`${name}: ${problem ?? (isPartName(name) ? partFolder(name) : '')}\n`);
  }
}
