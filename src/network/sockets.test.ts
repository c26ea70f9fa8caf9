import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeAttachments, dialSources } from './attachments.ts';
import { sampleSnapshot } from './snapshot-sample.ts';
import { desiredSockets, openPairs } from './sockets.ts';

const loopback = (place: number): { kind: 'loopback'; n: number } => ({ kind: 'loopback', n: place + 5 });

test('desiredSockets() asks for one wildcard socket a port and one DNS socket an address in a router', () => {
  const snapshot = sampleSnapshot({ vpcs: ['vpc-a'], ports: [80, 53] });
  const sockets = desiredSockets(snapshot, { attach: 'netns', prefix: 'pg-', lowPorts: true });
  assert.deepEqual(
    sockets.map(({ key, purpose, namespace }) => `${key} ${purpose} ${namespace}`),
    [
      'vpc-a/udp4/10.0.0.2:53 dns /run/netns/pg-vpc-a',
      'vpc-a/udp4/169.254.169.253:53 dns /run/netns/pg-vpc-a',
      'vpc-a/tcp4/*:53 service+dns /run/netns/pg-vpc-a',
      'vpc-a/tcp4/*:80 service /run/netns/pg-vpc-a',
    ],
  );
});

test('desiredSockets() asks for one socket a component and port on loopback, and one of the API, low ports moved where they are not allowed', () => {
  const snapshot = sampleSnapshot({ vpcs: ['vpc-a'], ports: [80, 8080], attachment: loopback });
  const of = (lowPorts: boolean): readonly string[] =>
    desiredSockets(snapshot, { attach: 'loopback', prefix: 'pg-', lowPorts }).map(
      ({ key, listenerPort }) => `${key} ${listenerPort ?? ''}`,
    );
  assert.deepEqual(of(true).slice(2), [
    'vpc-a/tcp4/127.105.255.9:20080 80',
    'vpc-a/tcp4/127.105.0.7:80 ',
    'vpc-a/tcp4/127.105.0.7:8080 ',
  ]);
  assert.deepEqual(of(false), [
    'vpc-a/udp4/127.5.0.2:20053 ',
    'vpc-a/tcp4/127.5.0.2:20053 ',
    'vpc-a/tcp4/127.105.255.9:20080 80',
    'vpc-a/tcp4/127.105.0.7:20080 80',
    'vpc-a/tcp4/127.105.0.7:8080 ',
  ]);
});

test('desiredSockets() leaves out a VPC with another kind of attachment', () => {
  const snapshot = sampleSnapshot({ attachment: loopback });
  assert.deepEqual(desiredSockets(snapshot, { attach: 'netns', prefix: 'pg-', lowPorts: true }), []);
});

test('openPairs() opens only ports on which workers listen', () => {
  const pairs = openPairs(sampleSnapshot({ ports: [80, 443] }), new Set(['vpc-a/tcp4/*:443']));
  assert.deepEqual([...(pairs.get('vpc-a') ?? [])], ['169.254.171.7 . 443']);
  assert.deepEqual([...(pairs.get('vpc-b') ?? [])], []);
});

test('dialSources() gives each worker the same addresses from another start on', () => {
  const attachment = describeAttachments(sampleSnapshot(), new Map([['vpc-a', 1]]), 'netns').get('vpc-a');
  assert.ok(attachment);
  const [first, second] = [dialSources(attachment, 0, 2), dialSources(attachment, 1, 2)];
  assert.equal(first[0], '169.254.192.17');
  assert.equal(second[0], '169.254.192.24');
  assert.deepEqual([...second].sort(), [...first].sort());
  assert.equal(first.length, 14);
});

test('dialSources() is the one address of a loopback VPC for every worker', () => {
  const attachment = describeAttachments(sampleSnapshot({ attachment: loopback }), new Map(), 'loopback').get('vpc-b');
  assert.ok(attachment);
  assert.deepEqual(dialSources(attachment, 3, 4), ['127.6.255.254']);
});
