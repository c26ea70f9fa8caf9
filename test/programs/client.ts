// A client for tests: does in its VPC what lines on standard input ask for, and answers on standard output.

import { lookup, Resolver } from 'node:dns/promises';
import { Agent, request, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { decode, streamEncode } from 'dns-packet';
import type { Answer, Ask, FoundCredentials, LoadResult, LoadSpec, RequestSpec } from './messages.ts';

const ownAddress = process.env['PERGOLA_ADDRESS'] ?? '';
let stopped = false;

function resolver(server = process.env['PERGOLA_DNS'] ?? ''): Resolver {
  const made = new Resolver({ timeout: 2000, tries: 2 });
  made.setServers([server]);
  return made;
}

async function resolveTcp(name: string): Promise<readonly string[]> {
  const [host = '', port = ''] = (process.env['PERGOLA_DNS'] ?? '').split(':');
  const socket = connect({ host, port: Number(port) });
  socket.setTimeout(5000, () => socket.destroy(new Error('silent')));
  socket.end(streamEncode({ type: 'query', id: 1, questions: [{ type: 'A', name }] }));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const { answers = [] } = decode(Buffer.concat(chunks), 2);
  return answers.flatMap((answer) => (answer.type === 'A' ? [answer.data] : []));
}

async function find({ address, name }: RequestSpec): Promise<string> {
  if (address !== undefined) return address;
  const [first] = await resolver().resolve4(name);
  if (first === undefined) throw new Error(`${name} has no address`);
  return first;
}

function send(spec: RequestSpec, host: string, agent: Agent | undefined): Promise<Answer> {
  const options: RequestOptions = {
    host,
    port: spec.port,
    method: spec.method ?? 'GET',
    path: spec.path ?? '/',
    headers: { host: spec.port === 80 ? spec.name : `${spec.name}:${spec.port}`, ...spec.headers },
    agent: agent ?? false,
    // Of the connection too, which `setTimeout()` of a request is not.
    timeout: spec.patience ?? 20_000,
    // On loopback the address would otherwise be that of the host.
    ...(ownAddress.startsWith('127.') ? { localAddress: ownAddress } : {}),
  };
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      let body = '';
      response.setEncoding(spec.encoding ?? 'utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error('silent')));
    sent.on('error', reject);
    if (spec.body === undefined) sent.end();
    else sent.end(spec.body, spec.encoding ?? 'utf8');
  });
}

async function load(spec: LoadSpec): Promise<LoadResult> {
  const host = await find(spec);
  const statuses: Record<string, number> = {};
  const targets: Record<string, number> = {};
  const errors: Record<string, number> = {};
  const add = (counts: Record<string, number>, key: string): void => void (counts[key] = (counts[key] ?? 0) + 1);
  let begun = 0;
  const broken: number[] = [];
  let total = 0;
  const wanted = (): boolean => (spec.count === undefined ? !stopped : begun < spec.count);
  const run = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let failed = 0;
    while (wanted()) {
      begun++;
      try {
        const { status, body } = await send(spec, host, agent);
        add(statuses, String(status));
        if (body.startsWith('{')) add(targets, String((JSON.parse(body) as { target?: unknown }).target));
      } catch (error) {
        failed++;
        add(errors, error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error));
        await new Promise((resolve) => void setTimeout(resolve, 5));
      }
      total++;
    }
    agent.destroy();
    if (failed > 0) broken.push(failed);
  };
  await Promise.all(Array.from({ length: spec.connections }, run));
  return { total, statuses, targets, errors, broken };
}

async function findCredentials(): Promise<FoundCredentials> {
  // Few clients ask for it, and it takes a while to load.
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  return defaultProvider()();
}

function answer(ask: Ask): Promise<unknown> {
  switch (ask.kind) {
    case 'resolve':
      return resolver(ask.server).resolve(ask.name, ask.type) as Promise<unknown>;
    case 'resolve-tcp':
      return resolveTcp(ask.name);
    case 'lookup':
      return lookup(ask.name, { all: true });
    case 'request':
      return find(ask).then((host) => send(ask, host, undefined));
    case 'load':
      stopped = false;
      return load(ask);
    case 'credentials':
      return findCredentials();
    case 'stop':
      stopped = true;
      return Promise.resolve(null);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, ask } = JSON.parse(line) as { id: number; ask: Ask };
  const say = (reply: object): void => void process.stdout.write(`${JSON.stringify({ id, ...reply })}\n`);
  answer(ask).then(
    (result) => say({ result }),
    (error: unknown) => say({ error: error instanceof Error && 'code' in error ? String(error.code) : String(error) }),
  );
}
process.exit(0);
