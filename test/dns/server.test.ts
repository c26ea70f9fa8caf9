// The name server on real sockets: UDP, TCP, other resolvers, and clients that mean harm.

import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { decode, encode, streamEncode } from 'dns-packet';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createDns, type Dns } from '../../src/dns/index.ts';
import { generatedName, queryBytes, sampleNames } from '../../src/dns/sample.ts';
import { bindHandle } from '../../src/network/raw-handles.ts';
import { createCounterSet } from '../../src/telemetry/index.ts';

const rates = generatedName('rates');
const names = { one: { services: ['rates'], vpcs: ['vpc-a', 'vpc-b'] } };

const refused = 'pergola_dns_queries_total{from="vpc",answer="refused_connection"}';

interface Running {
  readonly dns: Dns;
  readonly udpPort: number;
  readonly tcpPort: number;
  readonly counters: ReturnType<typeof createCounterSet>;
}

async function start(t: TestContext, upstreams: readonly string[] = []): Promise<Running> {
  const counters = createCounterSet();
  const forwarder = bindHandle({ kind: 'udp', family: 4, port: 0 });
  const dns = createDns({
    clock: systemClock,
    log: silentLog,
    forwarder: forwarder.handle,
    counters,
    upstreams: () => upstreams,
  });
  dns.apply(sampleNames(names));
  const udp = bindHandle({ kind: 'udp', family: 4, address: '127.0.0.1', port: 0 });
  await dns.serveUdp('udp', udp.handle, 4, 'vpc-a');
  t.after(() => dns.closeUdp('udp'));
  const server = net.createServer({ allowHalfOpen: true }, (socket) => dns.acceptTcp(socket, 'vpc-a'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { dns, udpPort: udp.port, tcpPort: address.port, counters };
}

/** Sends `bytes` and returns the first answer, or undefined when none comes within `patience` milliseconds. */
async function ask(t: TestContext, port: number, bytes: Buffer, patience = 6000): Promise<Buffer | undefined> {
  const socket = dgram.createSocket('udp4');
  t.after(() => socket.close());
  const answer = once(socket, 'message').then(([first]) => first as Buffer);
  socket.send(bytes, port, '127.0.0.1');
  return Promise.race([answer, pause(patience)]);
}

/** Keeps the test alive, which a clock's timer does not. */
function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => void setTimeout(() => resolve(undefined), milliseconds));
}

/** A resolver that answers every name with 192.0.2.1, after what `behave` does to the query. */
async function startResolver(
  t: TestContext,
  behave: (query: Buffer, reply: (answer: Buffer) => void) => void,
): Promise<string> {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, { port, address }) => behave(query, (answer) => socket.send(answer, port, address)));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  t.after(() => socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

function plainAnswer(query: Buffer, records = 1): Buffer {
  const { id = 0, questions = [] } = decode(query);
  const name = questions[0]?.name ?? '';
  const answers = Array.from({ length: records }, () => ({ type: 'A', name, ttl: 9, data: '192.0.2.1' }) as const);
  return encode({ type: 'response', id, flags: 0x0180, questions, answers });
}

function firstAddress(answer: Buffer | undefined): unknown {
  assert.ok(answer !== undefined, 'no answer');
  const [record] = decode(answer).answers ?? [];
  return record?.type === 'A' ? record.data : undefined;
}

test('a name of the snapshot is answered over UDP and over TCP, also to pipelined queries and a half-closed client', async (t) => {
  const { udpPort, tcpPort } = await start(t);
  assert.equal(firstAddress(await ask(t, udpPort, queryBytes(rates))), '169.254.171.1');
  const socket = net.connect(tcpPort, '127.0.0.1');
  const query = streamEncode(decode(queryBytes(rates)));
  socket.end(Buffer.concat([query, query, query]));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const length = bytes.readUInt16BE(0);
  assert.equal(bytes.length, 3 * (length + 2));
  assert.equal(firstAddress(bytes.subarray(2, 2 + length)), '169.254.171.1');
});

test('other names are asked of the resolvers, a silent one is left for the next', async (t) => {
  const silent = await startResolver(t, () => {});
  const good = await startResolver(t, (query, reply) => reply(plainAnswer(query)));
  const { udpPort, counters } = await start(t, [silent, good]);
  const answer = await ask(t, udpPort, queryBytes('Example.org'));
  assert.equal(firstAddress(answer), '192.0.2.1');
  assert.equal(answer?.readUInt16BE(0), 7);
  assert.equal(counters.values()['pergola_dns_queries_total{from="vpc",answer="forwarded"}'], 1);
});

test('many questions are out at once, and each gets its own answer', async (t) => {
  const held: (() => void)[] = [];
  const resolver = await startResolver(t, (query, reply) => {
    held.push(() => reply(plainAnswer(query)));
    if (held.length === 20) for (const release of held.reverse()) release();
  });
  const { udpPort } = await start(t, [resolver]);
  const all = Array.from({ length: 20 }, (_, i) => ask(t, udpPort, queryBytes(`n${i}.example.org`)));
  for (const [i, answer] of (await Promise.all(all)).entries()) {
    assert.ok(answer !== undefined);
    assert.equal(decode(answer).questions?.[0]?.name, `n${i}.example.org`);
  }
});

test('an answer that somebody else made up is not believed, and SERVFAIL comes when nobody answers', async (t) => {
  const liar = dgram.createSocket('udp4');
  t.after(() => liar.close());
  const resolver = await startResolver(t, (query, reply) => {
    const wrongName = plainAnswer(query);
    wrongName.write('X', 13);
    reply(wrongName);
    const wrongId = plainAnswer(query);
    wrongId.writeUInt16BE((wrongId.readUInt16BE(0) + 1) & 0xffff, 0);
    reply(wrongId);
    reply(query);
    reply(Buffer.from('junk'));
  });
  const { udpPort } = await start(t, [resolver]);
  const answer = await ask(t, udpPort, queryBytes('example.org'));
  assert.ok(answer !== undefined);
  assert.equal(answer.readUInt16BE(2) & 15, 2);
});

test('without any resolver the answer is SERVFAIL at once', async (t) => {
  const { udpPort } = await start(t);
  const answer = await ask(t, udpPort, queryBytes('example.org'), 1000);
  assert.equal((answer?.readUInt16BE(2) ?? 0) & 15, 2);
});

test('an answer of a resolver that does not fit the client is truncated', async (t) => {
  const resolver = await startResolver(t, (query, reply) => reply(plainAnswer(query, 40)));
  const { udpPort } = await start(t, [resolver]);
  const answer = await ask(t, udpPort, queryBytes('example.org'));
  assert.ok(answer !== undefined && answer.length <= 512);
  assert.ok(decode(answer).flag_tc);
});

test('answers, fragments and nonsense get no answer, and the name server goes on', async (t) => {
  const { udpPort } = await start(t);
  const response = queryBytes(rates);
  response[2] = 0x80;
  assert.equal(await ask(t, udpPort, response, 150), undefined);
  assert.equal(await ask(t, udpPort, Buffer.from('short'), 150), undefined);
  assert.equal(firstAddress(await ask(t, udpPort, queryBytes(rates))), '169.254.171.1');
});

test('a TCP client that announces too much is cut off, and connections above the bound are not taken', async (t) => {
  const { tcpPort, counters } = await start(t);
  const greedy = net.connect(tcpPort, '127.0.0.1');
  greedy.write(Buffer.from([0xff, 0xff]));
  await once(greedy.resume(), 'close');
  const sockets = Array.from({ length: 300 }, () =>
    net
      .connect(tcpPort, '127.0.0.1')
      .on('error', () => {})
      .resume(),
  );
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  while ((counters.values()[refused] ?? 0) < 300 - 128) await pause(10);
  assert.equal(counters.values()[refused], 300 - 128);
});

test("a VPC's clients that keep connections, or ask for names that nobody answers, take nothing from those of another VPC", async (t) => {
  const upstream = await startResolver(t, (query, reply) => {
    const { id = 0, questions = [] } = decode(query);
    const [name = ''] = questions.map((one) => one.name);
    if (name !== 'www.example.org') return;
    reply(
      encode({
        type: 'response',
        id,
        flags: 0x0180,
        questions,
        answers: [{ type: 'A', name, ttl: 60, data: '192.0.2.1' }],
      }),
    );
  });
  const { dns, tcpPort, counters } = await start(t, [upstream]);
  const held = Array.from({ length: 300 }, () => net.connect(tcpPort, '127.0.0.1').on('error', () => {}));
  t.after(() => held.forEach((socket) => socket.destroy()));
  while (counters.values()[refused] === undefined) await pause(10);
  const server = net.createServer({ allowHalfOpen: true }, (socket) => dns.acceptTcp(socket, 'vpc-b'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  t.after(() => client.destroy());
  const first = Promise.race([once(client, 'data'), once(client, 'close')]);
  client.write(streamEncode({ type: 'query', id: 7, flags: 0x0100, questions: [{ type: 'A', name: rates }] }));
  const [bytes] = (await first) as readonly unknown[];
  assert.ok(Buffer.isBuffer(bytes));
  for (let i = 0; i < 2500; i++) void dns.resolve('vpc-a', `gone-${i}.example.org`);
  assert.deepEqual((await dns.resolve('vpc-b', 'www.example.org'))?.addresses, ['192.0.2.1']);
});

test('isDnsAddress() tells the name server from services at the same port', async (t) => {
  const { dns } = await start(t);
  assert.ok(dns.isDnsAddress('vpc-a', '10.0.0.2') && dns.isDnsAddress('vpc-a', '169.254.169.253'));
  assert.ok(dns.isDnsAddress('', '127.0.0.1'));
  assert.equal(dns.isDnsAddress('vpc-a', '169.254.171.1'), false);
  assert.equal(dns.isDnsAddress('vpc-x', '10.0.0.2'), false);
  dns.apply(sampleNames(names, { kind: 'loopback', n: 4 }, 2));
  assert.ok(dns.isDnsAddress('vpc-a', '127.4.0.2'));
  assert.equal(dns.isDnsAddress('vpc-a', '127.104.0.1'), false);
});

test('dns.resolve() finds our names as a VPC sees them, others by the resolvers, and nothing where nobody answers', async (t) => {
  const good = await startResolver(t, (query, reply) => reply(plainAnswer(query, 3)));
  const { dns } = await start(t, [good]);
  assert.deepEqual(await dns.resolve('vpc-a', rates), { addresses: ['169.254.171.1'], ttl: 60 });
  assert.equal(await dns.resolve('vpc-z', rates), undefined);
  const found = await dns.resolve('vpc-a', 'lb.example.org');
  assert.deepEqual(found, { addresses: ['192.0.2.1', '192.0.2.1', '192.0.2.1'], ttl: 9 });
  const alone = await start(t);
  assert.equal(await alone.dns.resolve('vpc-a', 'lb.example.org'), undefined);
});
