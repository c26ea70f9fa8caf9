// What was answered is there after every process of the server was killed at any moment: records, tokens, addresses.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import { rmSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteServiceNetworkVpcAssociationCommand, paginateListServices } from '@aws-sdk/client-vpc-lattice';
import { runCommand, whyNoNamespaces } from '../../src/network/index.ts';
import { enter, eventually, given, makeNetwork, makeVpc } from '../e2e/scenario.ts';
import { compare, create, isWhole, vpcAssociationOf, type Attempt } from './attempt.ts';
import { killServer, makeDirectory, ownCheckout, startPergola, TestServer, type StartOptions } from '../server.ts';

// Conformance takes 200.
const rounds = Number(process.env['PERGOLA_ROUNDS'] ?? 20);
const noNamespaces = await whyNoNamespaces(runCommand, process.pid);
if (noNamespaces !== undefined && process.env['CI'] === 'true')
  throw new Error(`namespaces are needed: ${noNamespaces}`);
const inNamespaces = noNamespaces === undefined ? Math.ceil(rounds / 4) : 0;
/** Of the others each half has a server of its own: two cores then have something to do to the end. */
const halves = [Math.ceil((rounds - inNamespaces) / 2), Math.floor((rounds - inNamespaces) / 2)];

/** A round takes a start, some calls and their checks: a few seconds. */
const timeout = 120_000 + rounds * 15_000;

// Side by side: a round mostly waits for processes to start.
describe('rounds', { concurrency: 3 }, () => {
  for (const count of halves)
    test(`${count} killed servers on loopback had kept what they answered`, { timeout }, () =>
      runRounds({ attach: 'loopback', workers: 2 }, count),
    );

  test(
    `${inNamespaces} killed servers in namespaces had kept what they answered`,
    { timeout, skip: noNamespaces === undefined ? false : `no namespaces here: ${noNamespaces}` },
    () => runRounds({ attach: 'netns', workers: 2 }, inNamespaces),
  );
});

async function runRounds(options: StartOptions, count: number): Promise<void> {
  const data = makeDirectory(ownCheckout);
  let server = await TestServer.start({ ...options, data });
  try {
    const network = await makeNetwork(server);
    const vpcs = await Promise.all([makeVpc(server), makeVpc(server), makeVpc(server)]);
    await enter(server, await makeVpc(server), network);
    const all: Attempt[] = [];
    let answeredRounds = 0;
    for (let round = 0; round < count; round++) {
      const attempts: Attempt[] = [];
      const stop = new AbortController();
      const writers = vpcs.map((vpc, i) => write(server, { network, vpc }, `r${round}-w${i}`, attempts, stop.signal));
      // One round in three may end before anything was answered.
      while (round % 3 !== 0 && !attempts.some(isWhole)) await sleep(5);
      await sleep(Math.random() * 300);
      stop.abort();
      await server.killAll();
      await Promise.all(writers);
      if (attempts.some(isWhole)) answeredRounds++;
      if (round % 3 === 1) await startAndKill(data, options);
      server = await TestServer.start({ ...options, data });
      await check(server, network, attempts);
      await leave(server, attempts);
      all.push(...attempts);
    }
    await checkWhole(server, all);
    assert.ok(answeredRounds > count / 2, `something was answered in ${answeredRounds} of ${count} rounds`);
    assert.equal(await server.stop(), 0, server.log);
  } finally {
    await server[Symbol.asyncDispose]();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Makes services with all that they need, and offers them, until the server is gone. */
async function write(
  server: TestServer,
  { network, vpc }: { readonly network: string; readonly vpc: string },
  prefix: string,
  attempts: Attempt[],
  signal: AbortSignal,
): Promise<void> {
  const resolver = resolverOf(server);
  for (let i = 0; !signal.aborted && i < 4; i++) {
    const entering = i === 0 ? { vpc } : {};
    const attempt: Attempt = { name: `${prefix}-${i}`, token: `token-${prefix}-${i}`, targetVpc: vpc, ...entering };
    attempts.push(attempt);
    try {
      await create(server.lattice, network, attempt);
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

/** What was answered is there; the tokens of all calls give the first answers; addresses are the same. */
async function check(server: TestServer, network: string, attempts: readonly Attempt[]): Promise<void> {
  for (const attempt of attempts) await compare(server.lattice, attempt);
  for (const attempt of attempts) await create(server.lattice, network, attempt);
  await server.obeyed();
  await checkAddresses(server, attempts);
}

/** Takes the VPCs of a round out of the network again, for the next one. */
async function leave({ lattice }: TestServer, attempts: readonly Attempt[]): Promise<void> {
  for (const { vpcAssociation } of attempts) {
    if (vpcAssociation === undefined) continue;
    const serviceNetworkVpcAssociationIdentifier = vpcAssociation.id;
    const gone = async (): Promise<boolean> =>
      vpcAssociationOf(lattice, vpcAssociation.id).then(
        () => false,
        (error: Error) => error.name === 'ResourceNotFoundException',
      );
    await eventually('the VPC can leave', async () =>
      lattice.send(new DeleteServiceNetworkVpcAssociationCommand({ serviceNetworkVpcAssociationIdentifier })).then(
        () => true,
        // Not before it has entered.
        () => false,
      ),
    );
    await eventually('the VPC has left', gone);
  }
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
