// Parts of other people that conformance suites run beside Pergola: fetched once into a cache folder outside of the checkout. `node tools/peers.ts [NAME...]` fetches them.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { registries, type RegistryName, type Tool } from './registries.ts';

/** What comes from a registry. Versions are exact: a new one is a new folder. */
interface Part {
  readonly registry: RegistryName;
  readonly packages: readonly string[];
  /** What fetching it needs beside the registry's client. */
  readonly needs?: readonly Tool[];
}

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
  },
  // Clients that are neither ours nor the JavaScript SDK.
  'aws-python': { registry: 'pypi', packages: ['awscli==1.46.3', 'boto3==1.44.5'] },
  // AWS's own signer in C, of both signatures; brings its native code for each platform.
  'aws-crt': { registry: 'npm', packages: ['aws-crt@1.33.2'] },
  // AWS's signers of other languages, as the recipes of docs/signing.md use them.
  'aws-go': {
    registry: 'go',
    packages: ['github.com/aws/aws-sdk-go-v2/aws/signer/v4@v1.47.7', 'github.com/aws/aws-sdk-go-v2/config@v1.33.15'],
  },
  'aws-java': {
    registry: 'maven',
    packages: ['software.amazon.awssdk:http-auth-aws:2.57.7', 'software.amazon.awssdk:auth:2.57.7'],
  },
  // What Terraform calls AWS with.
  'terraform-aws': {
    registry: 'terraform-provider',
    packages: ['github.com/upbound/terraform-provider-aws@v0.0.0-20260305123303-f7691456b787'],
  },
  // A mock of AWS's control planes, beside which calls are measured.
  moto: { registry: 'pypi', packages: ['moto[server]==5.2.5'] },
} as const satisfies Readonly<Record<string, Part>>;

/** The name of a part. */
export type PartName = keyof typeof parts;

/** What must be there to fetch a part; nothing when it is there itself. */
export function toolsOf(name: PartName): readonly Tool[] {
  if (existsSync(partFolder(name))) return [];
  const { registry, needs = [] }: Part = parts[name];
  return [...registries[registry].needs, ...needs];
}

/** Where the part is when it has been fetched, as its registry leaves it. Native code is of one platform and one interpreter. */
export function partFolder(name: PartName): string {
  const { registry, packages }: Part = parts[name];
  const { XDG_CACHE_HOME: named = '' } = process.env;
  const cache = named === '' ? join(homedir(), '.cache') : named;
  const versions = packages.map((one) => one.replaceAll(/[^\w.-]+/g, '-')).join('+');
  return join(cache, 'pergola', `${versions}-${process.platform}-${process.arch}-${registries[registry].abi()}`);
}

/** Fetches the part unless it is there; a sentence when it cannot be had. What the registry's client says goes to standard error. */
export function fetchPart(name: PartName): string | undefined {
  const folder = partFolder(name);
  if (existsSync(folder)) return undefined;
  const { registry, packages }: Part = parts[name];
  const client = registries[registry];
  // Made beside its place and moved there whole: a folder that exists is complete, whoever else fetches it now.
  const made = `${folder}.${process.pid}`;
  mkdirSync(made, { recursive: true });
  try {
    for (const [file, text] of Object.entries(client.files(packages))) writeFileSync(join(made, file), text);
    const env = { ...process.env, ...client.environment(made) };
    for (const [program, ...args] of client.commands(made, packages)) {
      const run = spawnSync(program, args, { cwd: made, env, stdio: ['ignore', 2, 2], timeout: 1_200_000 });
      if (run.status !== 0)
        return `${packages.join(' ')} could not be installed: ${run.error?.message ?? `${program} ended with ${run.status ?? run.signal}`}`;
    }
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
