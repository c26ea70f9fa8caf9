// Fetches the source of Terraform's AWS provider by Go's module proxy and cuts it down to the services that Pergola has: `node tools/cut-terraform-provider.ts MODULE@VERSION FOLDER`. Whole, it takes an hour and 10 GB to build.

import { spawnSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The provider's packages of services that are kept; what they have of others stays because it is imported. */
const kept = [
  ...['cloudwatch', 'ec2', 'iam', 'logs', 'meta', 'ram', 'resourcegroupstaggingapi', 'route53', 'sts', 'vpclattice'],
];

/** Packages that those import, whose clients they need. */
const imported = ['organizations'];

/** The folder in Go's module cache. */
function download(module: string): string {
  const { status, stdout, stderr, error } = spawnSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' });
  if (status !== 0) throw new Error(error?.message ?? (stderr || stdout));
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}

/** Rewrites a file; throws when that changes nothing, for then the source has another form than this knows. */
function rewrite(path: string, change: (text: string) => string): void {
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${path} has nothing to cut`);
  writeFileSync(path, after);
}

/** Without the lines of packages that are not kept. */
function cutPackages(text: string): string {
  const named = /internal\/service\/(\w+)"$|^\t\t(\w+)\.ServicePackage\(ctx\),/;
  const isKept = (line: string): boolean => {
    const [, path, call] = named.exec(line) ?? [];
    const name = path ?? call;
    return name === undefined || kept.includes(name);
  };
  return text.split('\n').filter(isKept).join('\n');
}

/** Without the methods that make clients nobody asks for, and their imports. */
function cutClients(text: string, used: ReadonlySet<string>): string {
  const [head = '', ...methods] = text.split(/\n(?=func \(c \*AWSClient\) )/);
  const body = methods
    .filter((method) => used.has(/^func \(c \*AWSClient\) (\w+)\(/.exec(method)?.[1] ?? ''))
    .join('\n');
  const isUsed = (line: string): boolean => {
    const [found, alias, name] = /^\t(?:(\w+) )?"github\.com\/aws\/aws-sdk-go-v2\/service\/(\w+)"/.exec(line) ?? [];
    return found === undefined || new RegExp(`\\b${alias ?? name}\\.`).test(body);
  };
  return `${head.split('\n').filter(isUsed).join('\n')}\n${body}`;
}

const [module = '', folder = ''] = process.argv.slice(2);
cpSync(download(module), folder, { recursive: true });
// The module cache is read-only.
spawnSync('chmod', ['-R', 'u+w', folder]);
rewrite(join(folder, 'internal/provider/sdkv2/service_packages_gen.go'), cutPackages);
const clients = 'internal/conns/awsclient_gen.go';
const sources = globSync(['internal/**/*.go'], { cwd: folder }).filter((path) => {
  const [, service] = /^internal\/service\/(\w+)\//.exec(path) ?? [];
  if (path === clients || path.endsWith('_test.go')) return false;
  return service === undefined || kept.includes(service) || imported.includes(service);
});
const used = new Set(
  sources.flatMap((path) => [
    ...readFileSync(join(folder, path), 'utf8')
      .matchAll(/\.(\w+Client)\(ctx/g)
      .map(([, name = '']) => name),
  ]),
);
rewrite(join(folder, clients), (text) => cutClients(text, used));
