// Auth policies on requests: what they see, whose word counts, and that no way of writing a path gets around them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRequestHead } from '../http1/request-head.ts';
import { HOST, sampleClient, sampleSnapshot } from '../snapshot-sample.ts';
import { createWorldCompiler } from '../world.ts';
import { decide } from './decide.ts';
import { readingsOf } from './path-readings.ts';

type Statement = Readonly<Record<string, unknown>>;
type Layer = 'NONE' | 'without a policy' | readonly Statement[];

const allow = (more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'vpc-lattice-svcs:Invoke',
  Resource: '*',
  ...more,
});
const deny = (more: Statement): Statement => allow({ Effect: 'Deny', ...more });

const sample = sampleSnapshot(80, [{ id: 'all', action: { kind: 'fixed', status: 200 } }], {}, 7);

/** Status and text of the answer, and the layer that denied it. */
function ask(
  layers: { network?: Layer; service?: Layer },
  text: string,
  tags: Record<string, string> = { Team: 'blue' },
) {
  const guarded = <R extends object>(records: ReadonlyMap<string, R>, layer: Layer = 'NONE'): ReadonlyMap<string, R> =>
    new Map(
      [...records].map(([id, record]) => [
        id,
        layer === 'NONE'
          ? record
          : {
              ...record,
              authType: 'AWS_IAM' as const,
              ...(layer === 'without a policy'
                ? {}
                : { policy: JSON.stringify({ Version: '2012-10-17', Statement: layer }) }),
            },
      ]),
    );
  const services = new Map([...sample.services].map(([id, one]) => [id, { ...one, tags }]));
  const world = createWorldCompiler(0).compile({
    ...sample,
    networks: guarded(sample.networks, layers.network),
    services: guarded(services, layers.service),
  });
  const head = parseRequestHead(text);
  assert.ok(!('reason' in head), JSON.stringify(head));
  const decision = decide(world, { vpcId: 'vpc-1', localAddress: '127.190.0.1', port: 80 }, head, sampleClient);
  assert.ok(decision.kind === 'answer');
  return { status: decision.status, reason: decision.reason, denied: decision.denied, told: decision.told };
}

const request = (line = 'GET /a', lines = ''): string => `${line} HTTP/1.1\r\nhost: ${HOST}\r\n${lines}`;

describe('the layers', () => {
  const rows: readonly (readonly [name: string, network: Layer, service: Layer, denied: string | undefined])[] = [
    ['NONE on both lets everybody in', 'NONE', 'NONE', undefined],
    ['a network without a policy lets nobody in', 'without a policy', 'NONE', 'Network'],
    ['a service without a policy lets nobody in', 'NONE', 'without a policy', 'Service'],
    ['a policy that allows lets in', [allow()], 'NONE', undefined],
    ['both must allow', [allow()], [allow({ Action: 'vpc-lattice-svcs:Connect' })], 'Service'],
    ['both allow', [allow()], [allow()], undefined],
    [
      'who is somebody does not mean anonymous callers',
      [allow({ Principal: { AWS: '123456789012' } })],
      'NONE',
      'Network',
    ],
    ['a denial of the service comes before silence of the network', 'without a policy', [deny({})], 'Service'],
  ];
  for (const [name, network, service, denied] of rows)
    test(name, () => {
      const { status, denied: by } = ask({ network, service }, request());
      assert.deepEqual([status, by], denied === undefined ? [200, undefined] : [403, denied]);
    });

  test('the text is that of AWS, with the path and without the query', () => {
    const [network, service] = ['without a policy', [deny({})]] as const;
    assert.equal(
      ask({ network }, request('GET /a?b=c')).reason,
      'AccessDeniedException: User: anonymous is not authorized to perform: vpc-lattice-svcs:Invoke on resource: arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-1/a because no network-based policy allows the vpc-lattice-svcs:Invoke action',
    );
    assert.match(
      ask({ service }, request('GET /')).reason,
      /service\/svc-1\/ with an explicit deny in a service-based policy$/,
    );
  });
});

describe('condition keys', () => {
  const svc = 'vpc-lattice-svcs:';
  const rows: readonly (readonly [condition: Statement, text: string, fulfilled: boolean])[] = [
    [{ NumericEquals: { [`${svc}Port`]: '80' } }, request(), true],
    [{ StringEquals: { [`${svc}RequestMethod`]: ['POST', 'PUT'] } }, request(), false],
    [{ StringEquals: { [`${svc}RequestMethod`]: 'PUT' } }, request('PUT /a'), true],
    [{ StringLike: { [`${svc}RequestPath`]: '/a/*' } }, request('GET /a/b?c'), true],
    [{ StringEquals: { [`${svc}RequestPath`]: '/a' } }, request('GET /a?b'), true],
    [{ StringEquals: { [`${svc}RequestHeader/X-Role`]: 'admin' } }, request('GET /', 'x-ROLE: admin\r\n'), true],
    [
      { StringEquals: { [`${svc}RequestHeader/x-role`]: 'admin' } },
      request('GET /', 'x-role: admin\r\nx-role: user\r\n'),
      false,
    ],
    [
      { StringEquals: { [`${svc}RequestHeader/x-role`]: 'admin' } },
      request('GET /', 'connection: x-role\r\nx-role: admin\r\n'),
      false,
    ],
    [{ StringEquals: { [`${svc}RequestHeader/Host`]: HOST } }, request(), true],
    [{ StringEquals: { [`${svc}RequestQueryString/v`]: '1 2' } }, request('GET /?v=1+2'), true],
    [{ 'ForAllValues:StringEquals': { [`${svc}RequestQueryString/v`]: '1' } }, request('GET /?v=1&v=2'), false],
    [{ 'ForAnyValue:StringEquals': { [`${svc}RequestQueryString/v`]: '2' } }, request('GET /?v=1&%76=2'), true],
    [{ Null: { [`${svc}RequestQueryString/v`]: 'true' } }, request('GET /?w=1'), true],
    [{ ArnEquals: { [`${svc}ServiceArn`]: 'arn:aws:vpc-lattice:*:*:service/svc-1' } }, request(), true],
    [{ ArnLike: { [`${svc}ServiceNetworkArn`]: 'arn:aws:vpc-lattice:*:*:servicenetwork/*' } }, request(), true],
    [{ StringEquals: { [`${svc}SourceVpc`]: 'vpc-1' } }, request(), true],
    [{ StringEquals: { [`${svc}SourceVpcOwnerAccount`]: '123456789012' } }, request(), true],
    [{ StringEquals: { 'aws:ResourceTag/team': 'blue' } }, request(), true],
    [{ StringEquals: { 'aws:PrincipalType': 'Anonymous' } }, request(), true],
    [{ StringNotEqualsIgnoreCase: { 'aws:PrincipalType': 'anonymous' } }, request(), false],
    [{ Null: { 'aws:PrincipalOrgID': 'true' } }, request(), true],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/16' } }, request(), true],
    [{ Bool: { 'aws:SecureTransport': 'false' } }, request(), true],
    [{ DateGreaterThan: { 'aws:CurrentTime': '2026-01-02T03:04:04Z' } }, request(), true],
    [{ DateGreaterThan: { 'aws:EpochTime': '1767323045' } }, request(), false],
    [{ StringEquals: { 'aws:RequestedRegion': 'us-east-1', 'aws:ResourceAccount': '123456789012' } }, request(), true],
    [{ StringLike: { 'aws:UserAgent': 'curl/*' } }, request('GET /', 'user-agent: curl/8\r\n'), true],
  ];
  for (const [condition, text, fulfilled] of rows)
    test(`${JSON.stringify(condition)} is ${fulfilled ? '' : 'not '}fulfilled by ${JSON.stringify(text)}`, () => {
      assert.equal(ask({ service: [allow({ Condition: condition })] }, text).status, fulfilled ? 200 : 403);
    });
});

describe('paths', () => {
  const rows: readonly (readonly [path: string, readings: readonly string[]])[] = [
    ['/a/b', ['/a/b']],
    ['/a%20b', ['/a%20b']],
    ['/a.b/..c', ['/a.b/..c']],
    ['/%61dmin', ['/%61dmin', '/admin']],
    ['/x/../admin', ['/x/../admin', '/admin']],
    ['/x/%2e%2E/admin/', ['/x/%2e%2E/admin/', '/admin/']],
    ['/x%2F..%2fadmin', ['/x%2F..%2fadmin', '/admin', '/x/../admin']],
    ['//admin', ['//admin', '/admin']],
    ['/x//../admin', ['/x//../admin', '/admin', '/x/admin']],
    ['/me%3Aout', ['/me%3Aout', '/me:out']],
    ['/a%252e', ['/a%252e']],
    ['/public/..;v=1/admin', ['/public/..;v=1/admin', '/admin']],
    ['/./admin/.', ['/./admin/.', '/admin/']],
    ['/../../admin', ['/../../admin', '/admin']],
    ['/x%5c..%5Cadmin', ['/x%5c..%5Cadmin', '/admin', '/x\\..\\admin']],
    ['/..', ['/..', '/']],
    ['/%', ['/%']],
  ];
  for (const [path, readings] of rows)
    test(`${path} is read as ${readings.join(' and as ')}`, () => {
      assert.deepEqual(readingsOf(path), readings);
      for (const one of readings) for (const again of readingsOf(one)) assert.ok(readings.includes(again), again);
    });

  const guarded = [allow(), deny({ Resource: 'arn:aws:vpc-lattice:*:*:service/svc-1/admin*' })];
  const reaching = [
    ...['/admin', '/%61dmin', '/x/../admin', '/x%2F..%2Fadmin', '//admin', '/./admin', '/x\\..\\admin'],
    // Each is /admin to some reader, and something else to another.
    ...[
      '/x%2Fy/../admin',
      '/x%5Cy/../admin',
      '/x\\y/../admin',
      '/x/..%2fy/../admin',
      '/x/..;v=1/admin',
      '/a//../../admin',
    ],
  ];
  for (const path of reaching)
    test(`a denial of /admin* holds for ${path}`, () => {
      const head = parseRequestHead(request(`GET ${path}`));
      // What the parser does not take reaches no policy.
      if (!('reason' in head)) assert.equal(ask({ service: guarded }, request(`GET ${path}`)).status, 403);
    });
  test('what is allowed below /public only is allowed in each reading', () => {
    const open = [allow({ Resource: 'arn:aws:vpc-lattice:*:*:service/svc-1/public/*' })];
    const statusOf = (path: string): number => ask({ service: open }, request(`GET ${path}`)).status;
    assert.deepEqual(
      ['/public/a', '/public/../admin', '/x/../public/a', '/public/a%20b'].map(statusOf),
      [200, 403, 403, 200],
    );
  });
});

test('what costs too much to judge is denied, whatever the policy says of it, and says why', () => {
  const values = Array.from({ length: 5000 }, () => '*ab*');
  const condition = { StringLike: { 'vpc-lattice-svcs:RequestHeader/x': values } };
  const layers = { service: [allow(), deny({ Condition: condition })] };
  const long = `x: ${'a'.repeat(50_000)}\r\n`;
  const { status, denied, reason } = ask(layers, request('GET /a', long));
  assert.deepEqual([status, denied], [403, 'Service']);
  assert.match(reason, /because the patterns of a service-based policy cost too much with a request of this size$/);
  // A long header is nothing by itself, nor are many patterns.
  assert.equal(ask({ service: [allow()] }, request('GET /a', long)).status, 200);
  assert.equal(ask(layers, request('GET /a', 'x: aaaaaaaaaaaaaaa\r\n')).status, 200);
});

test('looking up what policies ask for, and reading a path in its ways, has its price too', () => {
  const keyed = (count: number, key: string) =>
    allow({
      Condition: { StringNotEquals: Object.fromEntries(Array.from({ length: count }, (_, i) => [`${key}${i}`, 'x'])) },
    });
  const statusOf = (policy: Statement, line: string, lines = ''): number =>
    ask({ service: [policy] }, request(line, lines)).status;
  const ofQuery = keyed(100, 'vpc-lattice-svcs:RequestQueryString/k');
  const parameters = (count: number): string => `GET /?${'a=1&'.repeat(count)}k7=y`;
  assert.equal(statusOf(ofQuery, parameters(1000)), 200);
  assert.equal(statusOf(ofQuery, parameters(1000).replace('k7=y', 'k7=y&k7=%78')), 403);
  assert.equal(statusOf(ofQuery, parameters(10_000)), 403);
  // Nobody asks for it.
  assert.equal(statusOf(allow(), parameters(10_000)), 200);
  const ofHeaders = keyed(600, 'vpc-lattice-svcs:RequestHeader/k');
  assert.equal(statusOf(ofHeaders, 'GET /', 'a: b\r\n'.repeat(90)), 200);
  assert.equal(statusOf(ofHeaders, 'GET /', `a: ${'b'.repeat(500)}\r\n`.repeat(90)), 403);
  const ofTags = { service: [keyed(600, 'aws:ResourceTag/k')] };
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`tag ${i}`, 'x']));
  assert.deepEqual(
    [10, 50].map((count) => ask(ofTags, request(), tags(count)).status),
    [200, 403],
  );
  assert.equal(statusOf(allow(), `GET /${'%D0%B0'.repeat(4000)}`), 200);
  assert.equal(statusOf(allow(), `GET ${'/'.repeat(50_000)}`), 403);
  assert.equal(statusOf(allow(), `GET ${'/a'.repeat(25_000)}`), 200);
});

test('where the owner of the service wants it, a denied client is told why in one line', () => {
  const on = { 'pergola:reason': 'on' };
  const only = (more: Statement): Statement => allow({ Sid: 'Readers', ...more });
  const told = (layers: Parameters<typeof ask>[0], text: string, tags: Record<string, string> = on) =>
    ask(layers, text, tags).told;
  const method = { StringEquals: { 'vpc-lattice-svcs:RequestMethod': ['GET', 'HEAD'] } };
  const service = [only({ Condition: method }), deny({ Sid: 'NoAdmin', Resource: 'arn:aws:vpc-lattice:*/admin' })];
  const policy = 'auth policy of arn:aws:vpc-lattice:us-east-1:123456789012:service/svc-1';
  assert.equal(
    told({ service }, request('POST /a')),
    `service-based policy: statement 1 (Readers) of ${policy}: StringEquals vpc-lattice-svcs:RequestMethod is GET, HEAD, not POST`,
  );
  assert.equal(
    told({ service }, request('GET /admin')),
    `service-based policy: statement 2 (NoAdmin) of ${policy} denies`,
  );
  assert.equal(told({ network: 'without a policy' }, request()), 'network-based policy: there is none');
  assert.equal(told({ service }, request('POST /a'), { 'pergola:reason': 'off' }), undefined);
  assert.equal(told({ service }, request('GET /a')), undefined);
  // To tell of it may cost more than there was left of what it may cost to judge it.
  const costly = {
    StringLike: { 'vpc-lattice-svcs:RequestHeader/x': 'abcdefghijkl'.split('').map((one) => `*${one}y*`) },
  };
  const why = told({ service: [only({ Condition: costly })] }, request('GET /', `x: ${'x'.repeat(5000)}\r\n`));
  assert.match(why ?? '', /^service-based policy: statement 1 \(Readers\) of .* is \*ay\*, .*, not x+$/);
  const header = { StringEquals: { 'vpc-lattice-svcs:RequestHeader/x': 'a' } };
  const hostile =
    told({ service: [only({ Condition: header })] }, request('GET /', `x: \xff${'b'.repeat(3000)}\r\n`)) ?? '';
  assert.match(hostile, /not \?b+$/);
  assert.equal(hostile.length, 1000);
});
