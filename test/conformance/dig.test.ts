// The name server as `dig` sees it: every type of record set, flags, sections, transports, and what it says of names that are not there.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, type RRType } from '@aws-sdk/client-route-53';
import { TestServer } from '../server.ts';

const zone = 'dig.test';
const sets: readonly (readonly [name: string, type: RRType, ...values: string[]])[] = [
  ['a', 'A', '192.0.2.1', '192.0.2.2'],
  ['a', 'AAAA', '2001:db8::1'],
  ['a', 'TXT', '"one; two" "\\"three\\" \\303\\274"'],
  ['mail', 'MX', '10 a.dig.test', '20 b.example.org.'],
  ['_sip._tcp', 'SRV', '1 10 5060 a.dig.test.'],
  ['caa', 'CAA', '0 issue "ca.example.net"'],
  ['web', 'CNAME', 'a.dig.test'],
  ['ptr', 'PTR', 'a.dig.test'],
  ['*', 'TXT', '"any"'],
  ['we!rd', 'TXT', '"odd"'],
  ['big', 'TXT', ...Array.from({ length: 30 }, (_, i) => `"${'x'.repeat(100)}${i}"`)],
];

const opened = new AsyncDisposableStack();
let server: TestServer;
before(async () => {
  server = opened.use(await TestServer.start({ attach: 'loopback', workers: 1 }));
  const made = await server.route53.send(new CreateHostedZoneCommand({ Name: zone, CallerReference: 'dig' }));
  const Changes = sets.map(([name, Type, ...values]) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: { Name: `${name}.${zone}`, Type, TTL: 300, ResourceRecords: values.map((Value) => ({ Value })) },
  }));
  await server.route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: made.HostedZone?.Id, ChangeBatch: { Changes } }),
  );
  await server.obeyed();
});
after(() => opened.disposeAsync());

/** What `dig` prints, without empty lines and comments that name the time and the server. */
async function dig(...args: readonly string[]): Promise<string> {
  const [host = '', port = ''] = server.dns.split(':');
  const options = ['+tries=2', '+time=5', '+nocookie', '+nocmd', '+nostats'];
  const { stdout } = await promisify(execFile)('dig', ['-r', `@${host}`, '-p', port, ...options, ...args]);
  return stdout;
}

const short = async (...args: readonly string[]): Promise<readonly string[]> =>
  (await dig('+short', ...args)).trim().split('\n');

test('dig reads the data of every type as it was written', async () => {
  assert.deepEqual(await short('a.dig.test', 'A'), ['192.0.2.1', '192.0.2.2']);
  assert.deepEqual(await short('a.dig.test', 'AAAA'), ['2001:db8::1']);
  assert.deepEqual(await short('a.dig.test', 'TXT'), ['"one; two" "\\"three\\" \\195\\188"']);
  assert.deepEqual(await short('mail.dig.test', 'MX'), ['10 a.dig.test.', '20 b.example.org.']);
  assert.deepEqual(await short('_sip._tcp.dig.test', 'SRV'), ['1 10 5060 a.dig.test.']);
  assert.deepEqual(await short('caa.dig.test', 'CAA'), ['0 issue "ca.example.net"']);
  assert.deepEqual(await short('ptr.dig.test', 'PTR'), ['a.dig.test.']);
  assert.deepEqual(await short('we\\!rd.dig.test', 'TXT'), ['"odd"']);
  assert.equal((await short('dig.test', 'NS')).length, 4);
  assert.match(
    (await short('dig.test', 'SOA'))[0] ?? '',
    /^ns-1\.pergola\.internal\. hostmaster\.pergola\.internal\. 1 7200 900 1209600 86400$/,
  );
  assert.deepEqual(await short('web.dig.test', 'A'), ['a.dig.test.', '192.0.2.1', '192.0.2.2']);
  assert.deepEqual(await short('nobody.dig.test', 'TXT'), ['"any"']);
});

test('dig sees flags, the letters of its question, times to live, and an SOA record where there is nothing', async () => {
  const found = await dig('A.Dig.TEST', 'A');
  assert.match(found, /status: NOERROR/);
  assert.match(found, /flags: qr aa rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1/);
  assert.match(found, /^A\.Dig\.TEST\.\t+300\tIN\tA\t192\.0\.2\.1$/m);
  assert.match(found, /EDNS: version: 0, flags:; udp: 1232/);
  const empty = await dig('mail.dig.test', 'A');
  assert.match(empty, /status: NOERROR[^]*ANSWER: 0, AUTHORITY: 1/);
  assert.match(empty, /^dig\.test\.\t+900\tIN\tSOA\t/m);
  const gone = await dig('gone.a.dig.test', 'A');
  assert.match(gone, /status: NXDOMAIN[^]*^dig\.test\.\t+900\tIN\tSOA\t/m);
  assert.match(
    await dig('+noedns', '+norecurse', 'a.dig.test'),
    /flags: qr aa ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 0/,
  );
  assert.match(await dig('+edns=1', '+noednsneg', 'a.dig.test'), /status: BADVERS/);
});

test('dig is told to come again over TCP for what is large, and gets it there', async () => {
  assert.match(await dig('+ignore', 'big.dig.test', 'TXT'), /flags: qr tc rd ra/);
  assert.equal((await short('big.dig.test', 'TXT')).length, 30);
  assert.equal((await short('+tcp', '+keepopen', 'big.dig.test', 'TXT')).length, 30);
  assert.match(await dig('+opcode=NOTIFY', 'dig.test'), /status: NOTIMP/);
  assert.match(await dig('-c', 'CH', 'version.bind', 'TXT'), /status: NOTIMP/);
});
