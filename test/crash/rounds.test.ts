// What was answered is there after every process of the server was killed at any moment: records, tokens, addresses.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateServiceCommand,
  CreateServiceNetworkServiceAssociationCommand,
  GetServiceCommand,
  GetServiceNetworkServiceAssociationCommand,
  paginateListServices,
} from '@aws-sdk/client-vpc-lattice';
import { runCommand, whyNoNamespaces } from '../../src/network/index.ts';
import { enter, given, makeNetwork, makeVpc } from '../e2e/scenario.ts';
import { killServer, makeDirectory, ownCheckout, startPergola, TestServer, type StartOptions } from '../server.ts';

/** A service whose creation was asked for, what was answered, and the same of its association. */
interface Attempt {
  readonly name: string;
  readonly token: string;
  service?: { readonly id: string; readonly arn: string; readonly dnsName: string; readonly createdAt: number };
  association?: { readonly id: string; readonly arn: string; readonly createdAt: number };
  address?: string;
}

const rounds = Number(process.env['PERGOLA_ROUNDS'] ?? 20);
const noNamespaces = await whyNoNamespaces(runCommand, process.pid);
if (noNamespaces !== undefined && process.env['CI'] === 'true')
  throw new Error(`namespaces are needed: ${noNamespaces}`);
const inNamespaces = noNamespaces === undefined ? Math.ceil(rounds / 4) : 0;

/** A round takes a start, some calls and their checks: a few seconds. */
const timeout = 120_000 + rounds * 15_000;

test(`${rounds - inNamespaces} killed servers on loopback had kept what they answered`, { timeout }, () =>
  runRounds({ attach: 'loopback', workers: 2 }, rounds - inNamespaces),
);

test(
  `${inNamespaces} killed servers in namespaces had kept what they answered`,
  { timeout, skip: noNamespaces === undefined ? false : `no namespaces here: ${noNamespaces}` },
  () => runRounds({ attach: 'netns', workers: 2 }, inNamespaces),
);

async function runRounds(options: StartOptions, count: number): Promise<void> {
  const data = makeDirectory(ownCheckout);
  let server = await TestServer.start({ ...options, data });
  try {
    const network = await makeNetwork(server);
    await enter(server, await makeVpc(server), network);
    const all: Attempt[] = [];
    for (let round = 0; round < count; round++) {
      const attempts: Attempt[] = [];
      const stop = new AbortController();
      const writers = Array.from({ length: 3 }, (_, i) =>
        write(server, network, `r${round}-w${i}`, attempts, stop.signal),
      );
      await sleep(Math.random() * 500);
      stop.abort();
      await server.killAll();
      await Promise.all(writers);
      if (round % 3 === 1) await startAndKill(data, options);
      server = await TestServer.start({ ...options, data });
      await check(server, network, attempts);
      all.push(...attempts);
    }
    await checkWhole(server, all);
    assert.ok(
      all.some(({ association }) => association !== undefined),
      'nothing was answered in any round',
    );
    assert.equal(await server.stop(), 0, server.log);
  } finally {
    await server[Symbol.asyncDispose]();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Makes services and offers them until the server is gone. */
async function write(
  server: TestServer,
  network: string,
  prefix: string,
  attempts: Attempt[],
  signal: AbortSignal,
): Promise<void> {
  const resolver = resolverOf(server);
  for (let i = 0; !signal.aborted && i < 10; i++) {
    const attempt: Attempt = { name: `${prefix}-${i}`, token: `token-${prefix}-${i}` };
    attempts.push(attempt);
    try {
      await create(server, network, attempt);
    } catch (error) {
      // Only a server that is being killed may leave a call without an answer.
      await sleep(200);
      if (!signal.aborted) throw error;
      return;
    }
    const address = await resolver.resolve4(attempt.service?.dnsName ?? '').catch(() => []);
    if (address[0] !== undefined) attempt.address = address[0];
  }
}

function resolverOf({ dns }: TestServer): Resolver {
  const resolver = new Resolver({ timeout: 500, tries: 2 });
  resolver.setServers([dns]);
  return resolver;
}

/** Calls (or calls again, with the same tokens) what makes the attempt, and compares with what was answered before. */
async function create({ lattice }: TestServer, serviceNetworkIdentifier: string, attempt: Attempt): Promise<void> {
  const { name, token } = attempt;
  const service = await lattice.send(new CreateServiceCommand({ name, clientToken: token }));
  const made = { id: given(service.id), arn: given(service.arn), dnsName: given(service.dnsEntry?.domainName) };
  const { createdAt } = await lattice.send(new GetServiceCommand({ serviceIdentifier: made.id }));
  const answered = { ...made, createdAt: given(createdAt).getTime() };
  if (attempt.service !== undefined) assert.deepEqual(answered, attempt.service);
  attempt.service = answered;
  const association = await lattice.send(
    new CreateServiceNetworkServiceAssociationCommand({
      serviceIdentifier: made.id,
      serviceNetworkIdentifier,
      clientToken: `a-${token}`,
    }),
  );
  const id = given(association.id);
  const got = await lattice.send(
    new GetServiceNetworkServiceAssociationCommand({ serviceNetworkServiceAssociationIdentifier: id }),
  );
  const offered = { id, arn: given(association.arn), createdAt: given(got.createdAt).getTime() };
  if (attempt.association !== undefined) assert.deepEqual(offered, attempt.association);
  attempt.association = offered;
}

/** What was answered is there; the tokens of all calls give the first answers; addresses are the same. */
async function check(server: TestServer, network: string, attempts: readonly Attempt[]): Promise<void> {
  const { lattice } = server;
  for (const { service, association } of attempts) {
    if (service !== undefined) {
      const { arn } = await lattice.send(new GetServiceCommand({ serviceIdentifier: service.id }));
      assert.equal(arn, service.arn);
    }
    if (association !== undefined)
      await lattice.send(
        new GetServiceNetworkServiceAssociationCommand({ serviceNetworkServiceAssociationIdentifier: association.id }),
      );
  }
  for (const attempt of attempts) await create(server, network, attempt);
  await server.obeyed();
  await checkAddresses(server, attempts);
}

async function checkAddresses(server: TestServer, attempts: readonly Attempt[]): Promise<void> {
  const resolver = resolverOf(server);
  for (const attempt of attempts) {
    const { service, address } = attempt;
    const [now = ''] = await resolver.resolve4(given(service).dnsName);
    if (address !== undefined) assert.equal(now, address, given(service).dnsName);
    attempt.address = now;
  }
}

/** Over all rounds: no name twice, nothing lost, no address twice. */
async function checkWhole(server: TestServer, all: readonly Attempt[]): Promise<void> {
  const listed = new Map<string, string>();
  for await (const { items } of paginateListServices({ client: server.lattice }, {}))
    for (const { id, name } of items ?? []) {
      assert.ok(!listed.has(given(name)), `${name} is there twice`);
      listed.set(given(name), given(id));
    }
  assert.deepEqual(listed, new Map(all.map(({ name, service }) => [name, given(service).id])));
  await checkAddresses(server, all);
  assert.equal(new Set(all.map(({ address }) => address)).size, all.length, 'two services share an address');
}

/** A start that does not get far. */
async function startAndKill(data: string, { attach }: StartOptions): Promise<void> {
  const options = ['--data', data, '--api', '127.0.0.1:0', '--dns', '127.0.0.1:0', '--workers', '2'];
  const child = startPergola(ownCheckout, ['serve', ...options, '--attach', attach ?? 'loopback']);
  const gone = once(child, 'exit');
  await sleep(Math.random() * 1200);
  killServer(given(child.pid));
  await gone;
}
