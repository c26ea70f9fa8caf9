// Hosted zones and other resolvers on real sockets: where a CNAME record leads out, and what is not asked again.

import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { decode, encode, type Answer } from 'dns-packet';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createDns } from '../../src/dns/index.ts';
import { withZones } from '../../src/dns/sample-zones.ts';
import { generatedName, queryBytes, sampleNames } from '../../src/dns/sample.ts';
import { bindHandle } from '../../src/network/raw-handles.ts';
import { createCounterSet } from '../../src/telemetry/index.ts';

/** The CNAME records of the other resolver. It knows nothing of what they lead to. */
const leads = new Map([
  ['shop.example.org', generatedName('rates')],
  ['inner.example.org', 'in.corp.example'],
  ['nobody.example.org', generatedName('quotes')],
  ['turn.example.org', 'out.corp.example'],
  ['round.example.org', 'round.corp.example'],
]);

/** A name server of one VPC with a private zone, and a resolver behind it that counts what it is asked. */
async function start(t: TestContext) {
  const asked: string[] = [];
  const resolver = dgram.createSocket('udp4');
  resolver.on('message', (bytes, { port, address }) => {
    const { id = 0, questions = [] } = decode(bytes);
    const name = questions[0]?.name ?? '';
    asked.push(name);
    const none = name.startsWith('none');
    const target = leads.get(name.toLowerCase());
    const answers: Answer[] =
      target !== undefined
        ? [{ type: 'CNAME', name, ttl: 60, data: target }]
        : none
          ? []
          : [{ type: 'A', name, ttl: 60, data: '192.0.2.1' }];
    const data = { mname: 'n', rname: 'm', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 60 };
    const authorities: Answer[] = none ? [{ type: 'SOA', name: 'example.org', ttl: 60, data }] : [];
    const flags = none ? 0x0183 : 0x0180;
    resolver.send(encode({ type: 'response', id, flags, questions: questions, answers, authorities }), port, address);
  });
  resolver.bind(0, '127.0.0.1');
  await once(resolver, 'listening');
  t.after(() => resolver.close());
  const dns = createDns({
    clock: systemClock,
    log: silentLog,
    forwarder: bindHandle({ kind: 'udp', family: 4, port: 0 }).handle,
    counters: createCounterSet(),
    upstreams: () => [`127.0.0.1:${resolver.address().port}`],
  });
  const names = sampleNames({ one: { services: ['rates'], vpcs: ['vpc-a'] } });
  dns.apply(
    withZones(names, [
      [
        'corp.example',
        ['vpc-a'],
        [
          ['out.corp.example', 'CNAME', 'www.example.org'],
          ['in.corp.example', 'A', '10.0.1.10'],
          ['shop.corp.example', 'CNAME', 'shop.example.org'],
          ['round.corp.example', 'CNAME', 'round.example.org'],
        ],
      ],
    ]),
  );
  const udp = bindHandle({ kind: 'udp', family: 4, address: '127.0.0.1', port: 0 });
  await dns.serveUdp('udp', udp.handle, 4, 'vpc-a');
  t.after(() => dns.closeUdp());
  const socket = dgram.createSocket('udp4');
  t.after(() => socket.close());
  const ask = async (name: string) => {
    const message = once(socket, 'message');
    socket.send(queryBytes(name), udp.port, '127.0.0.1');
    const [bytes] = (await message) as [Buffer];
    const { answers = [], ...packet } = decode(bytes);
    const { rcode } = packet as unknown as { rcode: string };
    return [rcode, ...answers.map((one) => `${one.name} ${'data' in one ? String(one.data) : ''}`)];
  };
  return { ask, asked, dns };
}

test('a CNAME record of a private zone leads on to other resolvers, and what is not in the zone is not asked of them', async (t) => {
  const { ask, asked } = await start(t);
  assert.deepEqual(await ask('Out.corp.example'), [
    'NOERROR',
    'Out.corp.example www.example.org',
    'www.example.org 192.0.2.1',
  ]);
  assert.deepEqual(await ask('in.corp.example'), ['NOERROR', 'in.corp.example 10.0.1.10']);
  assert.deepEqual(await ask('gone.corp.example'), ['NXDOMAIN']);
  assert.deepEqual(asked, ['www.example.org']);
});

test('what another resolver answered is not asked again while it lasts, denials neither', async (t) => {
  const { ask, asked } = await start(t);
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await ask('a.example.org'), ['NOERROR', 'a.example.org 192.0.2.1']);
    assert.deepEqual(await ask('none.example.org'), ['NXDOMAIN']);
  }
  assert.deepEqual(asked, ['a.example.org', 'none.example.org']);
});

test('clients that ask the same at once wait for one answer, each in its own letters', async (t) => {
  const { dns, asked } = await start(t);
  const found = await Promise.all(
    ['www.example.org', 'WWW.example.org', 'www.EXAMPLE.org', 'out.corp.example'].map((name) =>
      dns.resolve('vpc-a', name),
    ),
  );
  assert.deepEqual(
    found.map((one) => one?.addresses),
    Array.from({ length: 4 }, () => ['192.0.2.1']),
  );
  assert.equal(asked.length, 1);
});

test('dns.resolve() follows private zones as clients of the VPC do', async (t) => {
  const { dns } = await start(t);
  assert.deepEqual((await dns.resolve('vpc-a', 'in.corp.example'))?.addresses, ['10.0.1.10']);
  assert.deepEqual((await dns.resolve('vpc-a', 'out.corp.example'))?.addresses, ['192.0.2.1']);
});

test("a CNAME record of other resolvers leads back to names of the VPC: a service's, and a private zone's", async (t) => {
  const { ask, asked } = await start(t);
  const rates = generatedName('rates');
  assert.deepEqual(await ask('Shop.example.org'), ['NOERROR', `Shop.example.org ${rates}`, `${rates} 169.254.171.1`]);
  assert.deepEqual(await ask('shop.corp.example'), [
    'NOERROR',
    'shop.corp.example shop.example.org',
    `shop.example.org ${rates}`,
    `${rates} 169.254.171.1`,
  ]);
  assert.deepEqual(await ask('inner.example.org'), [
    'NOERROR',
    'inner.example.org in.corp.example',
    'in.corp.example 10.0.1.10',
  ]);
  assert.deepEqual(await ask('turn.example.org'), [
    'NOERROR',
    'turn.example.org out.corp.example',
    'out.corp.example www.example.org',
    'www.example.org 192.0.2.1',
  ]);
  assert.deepEqual(asked, ['Shop.example.org', 'inner.example.org', 'turn.example.org', 'www.example.org']);
});

test('a CNAME record of other resolvers to a service that the VPC has not finds no name, and one that leads in a circle fails', async (t) => {
  const { ask } = await start(t);
  assert.deepEqual(await ask('nobody.example.org'), ['NXDOMAIN', `nobody.example.org ${generatedName('quotes')}`]);
  assert.deepEqual(await ask('round.example.org'), ['SERVFAIL']);
});
