// `npm start [-- --api HOST:PORT --dns HOST:PORT]`: a server with two VPCs of the same range, requests from one to the other, and what was seen of them.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EC2Client } from '@aws-sdk/client-ec2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import { configuredId } from '../domain/ec2/index.ts';
import { entryUrl } from '../base/entry-path.ts';
import { callApi, formatApiError } from './api-client.ts';
import { defaultData, findServer, type Server } from './server-file.ts';
import { guard, makeQuickstart, switchTo, type QuickstartResources } from './quickstart-resources.ts';
import { closeGroup, nameService, openGroup, type GroupPlace, type QuickstartClients } from './quickstart-vpc.ts';

const root = join(import.meta.dirname, '..', '..');
const example = join(root, 'examples', 'quickstart');
const main = fileURLToPath(entryUrl(import.meta.url, 'main'));
const account = '123456789012';
/** The service's own name, in a private hosted zone. */
const customName = 'pay.corp.internal';
const listenerPort = 80;

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
  return clientWith([], ...args);
}

/** The same, with options of `pergola exec`. */
function clientWith(options: readonly string[], ...args: readonly string[]): Promise<string> {
  const place = ['--vpc', 'shop', '--address', '10.0.1.10', ...options];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [main, 'exec', ...place, '--', process.execPath, join(example, 'client.mjs'), ...args],
      (error, stdout, stderr) =>
        error === null ? resolve(stdout.trim()) : reject(new Error(`${error.message}\n${stderr}`)),
    );
  });
}

interface Seen {
  readonly status: number;
  readonly version?: string;
  readonly reason?: string;
  readonly body: string;
  readonly error?: string;
}

/** Clients whose changes are waited for by the revision that answers carry. */
function makeClients(server: Server): QuickstartClients {
  const options = { endpoint: server.api, region: server.region, credentials: server };
  const [lattice, ec2, route53] = [new VPCLatticeClient(options), new EC2Client(options), new Route53Client(options)];
  let revision = 0;
  const note = ({ response }: { readonly response: unknown }): void => {
    const { headers = {} } = response as { readonly headers?: Readonly<Record<string, string>> };
    revision = Math.max(revision, Number(headers['x-pergola-revision'] ?? 0));
  };
  const step = { step: 'deserialize', priority: 'low' } as const;
  ec2.middlewareStack.add((next) => (args) => next(args).then((result) => (note(result), result)), step);
  lattice.middlewareStack.add((next) => (args) => next(args).then((result) => (note(result), result)), step);
  route53.middlewareStack.add((next) => (args) => next(args).then((result) => (note(result), result)), step);
  const obeyed = async (): Promise<void> => {
    const query = `revision=${revision}&timeout=20`;
    const answer = await callApi(server, { method: 'GET', path: '/-/wait', query }, Date.now());
    if (answer.status !== 200) throw new Error(formatApiError(answer));
  };
  return { lattice, ec2, route53, obeyed };
}

/** A security group that lets nothing pass, and then what it is opened to. */
async function showGroup(clients: QuickstartClients, vpc: string, place: GroupPlace, url: string): Promise<void> {
  const atClient = place.kind === 'client';
  const group = await closeGroup(clients, vpc, atClient ? 'clients' : 'doors', place);
  const ask = async (rules: string, milliseconds: number): Promise<void> => {
    const options = atClient ? ['--security-group', group] : [];
    const seen = JSON.parse(await clientWith(options, 'try', `${url}/hello`, String(milliseconds))) as Seen;
    say(`     ${rules}: ${seen.error ?? `${seen.status} from ${seen.version}`}`);
  };
  say(
    `2. a security group ${atClient ? 'of the client decides what leaves it' : "of the VPC's association decides what comes in"}`,
  );
  await ask('without a rule', 2000);
  const peer = await openGroup(clients, group, place, listenerPort);
  await ask(`tcp ${listenerPort} ${atClient ? 'to' : 'from'} ${peer}`, 20_000);
}

async function show(
  server: Server,
  attach: string,
  resources: QuickstartResources,
  clients: QuickstartClients,
  vpc: string,
): Promise<void> {
  const { lattice } = clients;
  const port = attach === 'loopback' && (process.getuid?.() ?? 0) !== 0 ? 20080 : 80;
  const url = `http://${customName}${port === listenerPort ? '' : `:${port}`}`;
  say();
  say(`1. VPC shop asks for ${customName}, which its hosted zone makes an alias of ${resources.domainName}`);
  say(`     ${await client('lookup', customName)}`);
  const atDoor = { kind: 'association', id: resources.associationId, range: '10.0.0.0/16' } as const;
  await showGroup(clients, vpc, attach === 'loopback' ? atDoor : { kind: 'client' }, url);
  say('3. 10.0.1.10 in shop asks 10.0.1.10 in payments');
  const first = JSON.parse(await client('get', `${url}/hello`)) as Seen;
  const seen = JSON.parse(first.body) as { version: string; client: string; forwardedFor: string; sourceVpc: string };
  say(
    `     ${first.status} from ${seen.version}; the target saw its client as ${seen.client}, x-forwarded-for ${seen.forwardedFor}, x-amzn-source-vpc ${seen.sourceVpc}`,
  );
  say('4. 1,000 requests, weights 90 and 10');
  say(`     ${await client('count', `${url}/`, '1000')}`);
  say('5. /closed has a fixed response');
  say(`     ${(JSON.parse(await client('get', `${url}/closed`)) as Seen).status}`);
  say('6. an auth policy: everyone may ask, but nobody in shop for /admin');
  await guard(lattice, resources, vpc);
  const allowed = JSON.parse(await client('get', `${url}/hello`)) as Seen;
  say(`     /hello: ${allowed.status}`);
  // Who refuses names the path as it was sent: a target may read this one as /admin.
  for (const path of ['/admin', '/hello/..%2fadmin']) {
    const { status, body, reason } = JSON.parse(await client('get', `${url}${path}`)) as Seen;
    say(`     ${path}: ${status} ${body.trim()}`);
    say(`       x-pergola-reason: ${reason}`);
  }
  say('7. the rule of /switch is changed 20 times between v1 and v2 under load');
  const load = client('load', `${url}/switch`, '2500');
  await delay(500);
  for (let i = 1; i <= 20; i++) {
    await switchTo(lattice, resources, i % 2 === 1 ? 1 : 0);
    await delay(75);
  }
  const counts = JSON.parse(await load) as Readonly<Record<string, number>>;
  const failed = Object.entries(counts).reduce((sum, [what, count]) => (what.startsWith('v') ? sum : sum + count), 0);
  say(`     ${JSON.stringify(counts)}: ${failed} failed`);
  say('8. the last access-log lines');
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
  const clients = makeClients(server);
  const id = (name: string): string => configuredId('vpc', { account, region: server.region }, name);
  const vpcs = { clients: id('shop'), targets: id('payments') };
  const resources = await makeQuickstart(clients.lattice, vpcs, customName);
  await nameService(clients, { id: vpcs.clients, region: server.region }, customName, resources);
  await show(server, attach, resources, clients, vpcs.clients);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (!started) process.exit(1);
  stopping = true;
  child.kill('SIGTERM');
  child.once('exit', () => process.exit(1));
}
