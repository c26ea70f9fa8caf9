// How the client of each package registry puts packages of exact versions into a folder.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A program that a suite or a part needs, and the Debian package that has it. */
export interface Tool {
  readonly program: string;
  readonly debian: string;
}

/** A registry whose packages suites use. */
export type RegistryName = 'npm' | 'pypi' | 'go' | 'maven' | 'terraform-provider';

/** What fetching from a registry is. */
interface Registry {
  /** What fetching needs. */
  readonly needs: readonly Tool[];
  /** What native code is made for beside the platform; a folder of another is another folder. */
  abi(): string;
  /** Files that must be there first, by name. */
  files(packages: readonly string[]): Readonly<Record<string, string>>;
  /** Run one after the other, in `folder`. */
  commands(folder: string, packages: readonly string[]): readonly (readonly [program: string, ...args: string[]])[];
  environment(folder: string): Readonly<Record<string, string>>;
}

/** What a program prints; empty when it does not run. */
function outputOf(program: string, ...args: readonly string[]): string {
  return (spawnSync(program, args, { encoding: 'utf8' }).stdout ?? '').trim();
}

/** The environment by which Go uses modules and results that are in `folder`, wherever it has been moved to. */
export function goEnvironment(folder: string): Readonly<Record<string, string>> {
  return {
    GOMODCACHE: join(folder, 'modules'),
    GOCACHE: join(folder, 'built'),
    GOFLAGS: '-mod=mod -modcacherw -trimpath',
    GOTOOLCHAIN: 'local',
    GOWORK: 'off',
  };
}

/** A project of Maven with `packages`, each `GROUP:ARTIFACT:VERSION`. */
function projectOf(packages: readonly string[]): string {
  const dependencies = packages.map((one) => {
    const [group, artifact, version] = one.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>parts</groupId><artifactId>parts</artifactId><version>1</version>
<dependencies>${dependencies.join('\n')}</dependencies></project>
`;
}

const pipOptions = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore'];

/** Every registry. */
export const registries: Readonly<Record<RegistryName, Registry>> = {
  // Leaves `node_modules`.
  npm: {
    needs: [],
    abi: () => `node${process.versions.modules}`,
    files: () => ({ 'package.json': '{ "private": true }\n' }),
    commands: (folder, packages) => [
      ['npm', 'install', '--prefix', folder, '--no-fund', '--no-audit', '--loglevel=error', ...packages],
    ],
    // Headers that the system has need not be fetched: Node's interface for native code is the same in every version.
    environment: (): Readonly<Record<string, string>> =>
      existsSync('/usr/include/node/node_api.h') ? { npm_config_nodedir: '/usr' } : {},
  },
  // Leaves a folder for PYTHONPATH.
  pypi: {
    needs: [
      { program: 'python3', debian: 'python3' },
      { program: 'pip3', debian: 'python3-pip' },
    ],
    abi: () => outputOf('python3', '-c', 'import sys; print(sys.implementation.cache_tag)'),
    files: () => ({}),
    commands: (folder, packages) => [
      ['python3', '-m', 'pip', 'install', ...pipOptions, '--target', folder, ...packages],
    ],
    environment: () => ({}),
  },
  // Leaves a module in which programs that import the packages can be built, with `goEnvironment`.
  go: {
    needs: [{ program: 'go', debian: 'golang-go' }],
    abi: () => outputOf('go', 'env', 'GOVERSION'),
    files: () => ({ 'go.mod': 'module parts\n' }),
    commands: (_folder, packages) => [
      ['go', 'get', ...packages],
      // So that who uses them need not wait for it.
      ['go', 'build', ...packages.map((one) => one.replace(/@.*/, ''))],
    ],
    environment: goEnvironment,
  },
  // Leaves the program of Terraform's AWS provider, cut down to what Pergola has. Go's own caches are used: they are large.
  'terraform-provider': {
    needs: [{ program: 'go', debian: 'golang-go' }],
    abi: () => 'cut1',
    files: () => ({}),
    commands: (folder, [module = '']) => {
      const source = join(folder, 'source');
      return [
        [process.execPath, join(import.meta.dirname, 'cut-terraform-provider.ts'), module, source],
        ['go', 'build', '-C', source, '-o', join(folder, 'terraform-provider-aws'), '.'],
        ['rm', '-rf', source],
      ];
    },
    // Sums of what the provider needs are in its source; its own is not in the public list of everybody's mirror.
    environment: () => ({ GONOSUMDB: 'github.com/upbound/*', GOWORK: 'off' }),
  },
  // Leaves the packages and what they need in `jars`.
  maven: {
    needs: [
      { program: 'mvn', debian: 'maven' },
      { program: 'javac', debian: 'default-jdk-headless' },
    ],
    abi: () => 'jvm',
    files: (packages) => ({ 'pom.xml': projectOf(packages) }),
    commands: (folder) => [
      [
        ...(['mvn', '--quiet', '--batch-mode', `-Dmaven.repo.local=${join(folder, 'repository')}`] as const),
        ...['dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'jars')}`],
      ],
      ['rm', '-rf', join(folder, 'repository')],
    ],
    environment: () => ({}),
  },
};
