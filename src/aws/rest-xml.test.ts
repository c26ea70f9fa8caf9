// restXml from wire to wire without sockets: labels, bodies, headers, errors, and XML that means harm.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { WireRequest } from './codec.ts';
import type { Issue } from './issue.ts';
import { createRestXml } from './rest-xml.ts';
import { readServiceSchema } from './schema.ts';
import { ServiceError } from './service-error.ts';
import { parseXml } from './xml.ts';

const schema = readServiceSchema(await import('@aws-sdk/client-route-53'));
const service = {
  definition: {
    id: 'route53',
    protocol: 'restXml',
    signingName: 'route53',
    xmlNamespace: 'urn:x',
    invalidInput: 'InvalidInput',
    load: () => Promise.resolve({}),
    constraints: { shapes: {}, any: {}, structures: {} },
  },
  schema,
} as const;
const codec = createRestXml();

function request(method: string, target: string, body = ''): WireRequest {
  const [path = '', query = ''] = target.split('?');
  return { method, path, query, headers: new Map(), body: Buffer.from(body) };
}

function decode(one: WireRequest): {
  readonly name: string;
  readonly input: unknown;
  readonly issues: readonly Issue[];
} {
  const found = codec.findOperation(service, one);
  assert.ok(found !== undefined, `${one.method} ${one.path}`);
  const issues: Issue[] = [];
  return { name: found.operation.name, input: codec.decodeInput(found, one, issues), issues };
}

test('decodeInput() reads labels, query and elements, with a namespace, comments and CDATA, whatever the order', () => {
  const body = `<?xml version="1.0"?><!-- c --><r:ChangeResourceRecordSetsRequest xmlns:r="urn:x" a='b'>
    <r:ChangeBatch><r:Changes>
      <r:Change><r:ResourceRecordSet><r:TTL>60</r:TTL><r:Name>a&amp;b&#46;&#x63;</r:Name><r:Unknown/>
        <r:ResourceRecords><r:ResourceRecord><r:Value><![CDATA["<x>"]]></r:Value></r:ResourceRecord></r:ResourceRecords>
      </r:ResourceRecordSet><r:Action>CREATE</r:Action></r:Change>
    </r:Changes></r:ChangeBatch></r:ChangeResourceRecordSetsRequest>`;
  const expected = {
    HostedZoneId: '/hostedzone/Z1',
    ChangeBatch: {
      Changes: [
        { Action: 'CREATE', ResourceRecordSet: { Name: 'a&b.c', TTL: 60, ResourceRecords: [{ Value: '"<x>"' }] } },
      ],
    },
  };
  for (const slash of ['', '/']) {
    const { name, input, issues } = decode(
      request('POST', `/2013-04-01/hostedzone/%2Fhostedzone%2FZ1/rrset${slash}`, body),
    );
    assert.deepEqual([name, input, issues], ['ChangeResourceRecordSets', expected, []]);
  }
  const listed = decode(request('GET', '/2013-04-01/hostedzone/Z1/rrset?maxitems=2&name=a.b'));
  assert.deepEqual(listed.input, { HostedZoneId: 'Z1', MaxItems: 2, StartRecordName: 'a.b' });
});

test('encodeResult() puts members into headers and elements, and escapes them', () => {
  const operation = schema.operations.get('CreateHostedZone');
  assert.ok(operation !== undefined);
  const output = {
    HostedZone: { Id: '<&>', Config: { PrivateZone: true } },
    ChangeInfo: { SubmittedAt: new Date(0) },
    DelegationSet: { NameServers: ['a', 'b'] },
    Location: '/x',
  };
  const { status, headers, body } = codec.encodeResult(service, operation, output, 'r');
  assert.deepEqual([status, headers['location']], [201, '/x']);
  assert.equal(
    body,
    '<?xml version="1.0" encoding="UTF-8"?>\n<CreateHostedZoneResponse xmlns="urn:x"><HostedZone><Id>&lt;&amp;&gt;</Id><Config><PrivateZone>true</PrivateZone></Config></HostedZone><ChangeInfo><SubmittedAt>1970-01-01T00:00:00.000Z</SubmittedAt></ChangeInfo><DelegationSet><NameServers><NameServer>a</NameServer><NameServer>b</NameServer></NameServers></DelegationSet></CreateHostedZoneResponse>',
  );
});

test('encodeError() has the status of the schema and the form of Route 53', () => {
  const { status, body } = codec.encodeError(service, new ServiceError('NoSuchHostedZone', 'a < b'), 'r-1');
  assert.equal(status, 404);
  assert.match(
    body,
    /<ErrorResponse xmlns="urn:x"><Error><Type>Sender<\/Type><Code>NoSuchHostedZone<\/Code><Message>a &lt; b<\/Message><\/Error><RequestId>r-1<\/RequestId><\/ErrorResponse>$/,
  );
});

const broken: readonly (readonly [what: string, xml: string])[] = [
  ['nothing but space', ' \n'],
  ['text alone', 'x'],
  ['an open element', '<a><b></b>'],
  ['a mismatch', '<a></b>'],
  ['two roots', '<a/><b/>'],
  ['text behind the root', '<a/>x'],
  ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
  ['an entity of its own', '<a>&x;</a>'],
  ['an entity that is only a member of every object', '<a>&valueOf;</a>'],
  ['an entity without an end', '<a>&amp</a>'],
  ['a character beyond Unicode', '<a>&#x110000;</a>'],
  ['an open comment', '<a><!-- </a>'],
  ['too deep', '<a>'.repeat(40) + '</a>'.repeat(40)],
  ['too many', `<a>${'<b/>'.repeat(100_001)}</a>`],
  ['an attribute without quotation marks', '<a b=c/>'],
];
for (const [what, xml] of broken)
  test(`parseXml() refuses ${what}`, () => {
    assert.ok('problem' in parseXml(xml));
  });

test('decodeInput() reports elements where a text is wanted, numbers that are none, and bytes that are no text', () => {
  const issuesOf = (body: string | Buffer): readonly string[] => {
    const one = { ...request('POST', '/2013-04-01/hostedzone'), body: Buffer.from(body) };
    return decode(one).issues.map(({ kind, path }) => `${kind} ${path}`);
  };
  assert.deepEqual(issuesOf('<R><Name><b/></Name></R>'), ['unreadable Name']);
  assert.deepEqual(issuesOf('<R><HostedZoneConfig><PrivateZone>7</PrivateZone></HostedZoneConfig></R>'), [
    'unreadable HostedZoneConfig.PrivateZone',
  ]);
  assert.deepEqual(issuesOf(Buffer.from([0x3c, 0xff])), ['unreadable ']);
});

test('parseXml() never throws, and reads a large body of one kind of character in linear time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('<', '>', '/', 'a', ' ', '&', ';', '"', '=', '!', '-', '?', '[', ']')),
      (parts) => {
        parseXml(parts.join(''));
      },
    ),
    { numRuns: 500 },
  );
  // A quadratic reader would take minutes.
  for (const one of ['<', '&', '<a ', '<!', '<a a="" ', '&#', ']]>'])
    parseXml(`<a>${one.repeat(1_000_000 / one.length)}`);
});
