// `npm start [-- --api HOST:PORT --dns HOST:PORT]`: a server with two VPCs of the same range, requests from one to the other, and what was seen of them.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import { configuredId } from '../domain/ec2/index.ts';
import { entryUrl } from '../base/entry-path.ts';
import { defaultData, findServer, type Server } from './server-file.ts';
import { guard, makeQuickstart, switchTo, type QuickstartResources } from './quickstart-resources.ts';

const root = join(import.meta.dirname, '..', '..');
const example = join(root, 'examples', 'quickstart');
const main = fileURLToPath(entryUrl(import.meta.url, 'main'));
const account = '123456789012';

const say = (text = ''): void => void process.stdout.write(`${text}\n`);

/** The arguments that go on to `serve`; ends the process on others. */
function serveArguments(): readonly string[] {
  try {
    const { values } = parseArgs({ options: { api: { type: 'string' }, dns: { type: 'string' } } });
    return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${reason}\nusage: npm start [-- [--api HOST:PORT] [--dns HOST:PORT]]\n`);
    process.exit(2);
  }
}

/** Starts the server; resolves with its ready line, or rejects when it ends before. */
function startServer(): { readonly child: ChildProcess; readonly ready: Promise<string> } {
  const child = spawn(
    process.execPath,
    [main, 'serve', '--config', join(example, 'pergola.yaml'), ...serveArguments()],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors = (errors + data.toString()).slice(-4000)));
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
    child.once('exit', (code) => reject(new Error(`the server ended with status ${code}\n${errors}`)));
  });
  return { child, ready };
}

/** Runs the example's client as a workload of the VPC `shop` at 10.0.1.10. */
function client(...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [
        main,
        'exec',
        '--vpc',
        'shop',
        '--address',
        '10.0.1.10',
        '--',
        process.execPath,
        join(example, 'client.mjs'),
        ...args,
      ],
      (error, stdout, stderr) =>
        error === null ? resolve(stdout.trim()) : reject(new Error(`${error.message}\n${stderr}`)),
    );
  });
}

interface Seen {
  readonly status: number;
  readonly reason?: string;
  readonly body: string;
}

async function show(
  server: Server,
  attach: string,
  resources: QuickstartResources,
  lattice: VPCLatticeClient,
  clients: string,
): Promise<void> {
  const port = attach === 'loopback' && (process.getuid?.() ?? 0) !== 0 ? 20080 : 80;
  const url = `http://${resources.domainName}${port === 80 ? '' : `:${port}`}`;
  say();
  say(`1. VPC shop asks for ${resources.domainName}`);
  say(`     ${await client('lookup', resources.domainName)}`);
  say('2. 10.0.1.10 in shop asks 10.0.1.10 in payments');
  const first = JSON.parse(await client('get', `${url}/hello`)) as Seen;
  const seen = JSON.parse(first.body) as { version: string; client: string; forwardedFor: string; sourceVpc: string };
  say(
    `     ${first.status} from ${seen.version}; the target saw its client as ${seen.client}, x-forwarded-for ${seen.forwardedFor}, x-amzn-source-vpc ${seen.sourceVpc}`,
  );
  say('3. 1,000 requests, weights 90 and 10');
  say(`     ${await client('count', `${url}/`, '1000')}`);
  say('4. /closed has a fixed response');
  say(`     ${(JSON.parse(await client('get', `${url}/closed`)) as Seen).status}`);
  say('5. an auth policy: everyone may ask, but nobody in shop for /admin');
  await guard(lattice, resources, clients);
  const allowed = JSON.parse(await client('get', `${url}/hello`)) as Seen;
  say(`     /hello: ${allowed.status}`);
  // Who refuses names the path as it was sent: a target may read this one as /admin.
  for (const path of ['/admin', '/hello/..%2fadmin']) {
    const { status, body, reason } = JSON.parse(await client('get', `${url}${path}`)) as Seen;
    say(`     ${path}: ${status} ${body.trim()}`);
    say(`       x-pergola-reason: ${reason}`);
  }
  say('6. the rule of /switch is changed 20 times between v1 and v2 under load');
  const load = client('load', `${url}/switch`, '2500');
  await delay(500);
  for (let i = 1; i <= 20; i++) {
    await switchTo(lattice, resources, i % 2 === 1 ? 1 : 0);
    await delay(75);
  }
  const counts = JSON.parse(await load) as Readonly<Record<string, number>>;
  const failed = Object.entries(counts).reduce((sum, [what, count]) => (what.startsWith('v') ? sum : sum + count), 0);
  say(`     ${JSON.stringify(counts)}: ${failed} failed`);
  say('7. the last access-log lines');
  await delay(200);
  for (const line of lastLogLines(3)) say(`     ${line}`);
  say();
  say(`It stays up at ${server.api}. In another terminal:`);
  say();
  say('  npx pergola status');
  // On loopback the system's resolver does not know the name; the example's client asks the VPC's.
  const ask = attach === 'loopback' ? 'node examples/quickstart/client.mjs get' : 'curl -s';
  say(`  npx pergola exec --vpc shop -- ${ask} ${url}/hello`);
  say(`  npx pergola explain --vpc shop GET ${url}/admin`);
  say('  eval "$(npx pergola env)" && aws vpc-lattice list-services');
  say();
  say('Ctrl-C ends it and removes every namespace that it made.');
}

/** The newest lines over all workers, with the fields that say most. */
function lastLogLines(count: number): readonly string[] {
  const folder = join(defaultData, 'access');
  const records = readdirSync(folder)
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n').slice(-count))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, string | number>>);
  records.sort((a, b) => (String(a['startTime']) < String(b['startTime']) ? -1 : 1));
  const fields = [
    'startTime',
    'sourceIpPort',
    'requestMethod',
    'requestPath',
    'responseCode',
    'targetIpPort',
    'duration',
    'revision',
    'ruleId',
  ];
  return records
    .slice(-count)
    .map((record) => JSON.stringify(Object.fromEntries(fields.map((field) => [field, record[field]]))));
}

const { child, ready } = startServer();
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stopping = true;
    child.kill('SIGTERM');
  });
let started = false;
child.on('exit', (code) => {
  // One that never was ready is told of below, with its reason.
  if (started || stopping) process.exit(stopping ? (code ?? 1) : 1);
});
try {
  say('starting a server with the VPCs shop and payments, both 10.0.0.0/16');
  const line = await ready;
  started = true;
  say(line);
  const attach = /attach=(\S+)/.exec(line)?.[1] ?? '';
  const server = findServer({ data: defaultData }, process.env);
  const lattice = new VPCLatticeClient({ endpoint: server.api, region: server.region, credentials: server });
  const id = (name: string): string => configuredId('vpc', { account, region: server.region }, name);
  const resources = await makeQuickstart(lattice, { clients: id('shop'), targets: id('payments') });
  await show(server, attach, resources, lattice, id('shop'));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (!started) process.exit(1);
  stopping = true;
  child.kill('SIGTERM');
  child.once('exit', () => process.exit(1));
}
