// What dispatching tells of calls for audit events: who, what, how it ended; secrets hidden.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as stsPackage from '@aws-sdk/client-sts';
import {
  CreateServiceCommand,
  GetServiceCommand,
  ListServicesCommand,
  VPCLatticeClient,
} from '@aws-sdk/client-vpc-lattice';
import { account, clientOptions, failureOf, keys, makeDispatcher } from '../../test/api/sdk-loop.ts';
import type { AuditedCall } from '../base/audited-call.ts';
import { toLoggable } from './to-loggable.ts';
import type { OperationHandler } from './dispatch.ts';
import { readServiceSchema } from './schema.ts';
import { ServiceError } from './service-error.ts';

function clientOf(handlers: Readonly<Record<string, OperationHandler>>, more: object = {}) {
  const audited: AuditedCall[] = [];
  const dispatcher = makeDispatcher(handlers, { audited });
  return { audited, client: new VPCLatticeClient(clientOptions(dispatcher, more)) };
}

test('dispatch() tells of an answered call who made it, with what, and what came', async () => {
  const { audited, client } = clientOf({
    CreateService: () => Promise.resolve({ output: { name: 'shop', createdAt: new Date(0), unknown: 1 } }),
  });
  await client.send(new CreateServiceCommand({ name: 'shop', clientToken: 't' }));
  const [call, ...others] = audited;
  assert.ok(call !== undefined && others.length === 0);
  const { eventId, userAgent, time, ...rest } = call;
  assert.match(eventId, /^[0-9a-f-]{36}$/);
  assert.match(userAgent, /^aws-sdk-js/);
  assert.ok(Math.abs(time - Date.now()) < 60_000);
  assert.deepEqual(rest, {
    principalArn: `arn:aws:iam::${account}:user/admin`,
    accessKeyId: keys.accessKeyId,
    account,
    region: 'us-east-1',
    service: 'vpc-lattice',
    operation: 'CreateService',
    requestId: 'r-1',
    sourceIp: '127.0.0.1',
    parameters: { name: 'shop', clientToken: 't' },
    end: { kind: 'answered', elements: { name: 'shop' } },
  });
});

test('dispatch() leaves the event of a call to an operation that keeps it itself', async () => {
  const kept: AuditedCall[] = [];
  const { audited, client } = clientOf({
    CreateService: (_input, _call, describe) => {
      kept.push(describe({ name: 'shop' }));
      return Promise.resolve({ output: { name: 'shop' }, audited: true });
    },
  });
  await client.send(new CreateServiceCommand({ name: 'shop' }));
  assert.deepEqual(
    [audited.length, kept.map(({ end }) => end)],
    [0, [{ kind: 'answered', elements: { name: 'shop' } }]],
  );
});

test('dispatch() tells of refused, invalid, unimplemented, failed and unsigned calls, and of no unknown operation', async () => {
  const serviceIdentifier = 'svc-0123456789abcdef0';
  const { audited, client } = clientOf({
    GetService: () => Promise.reject(new ServiceError('ResourceNotFoundException', 'gone')),
    ListServices: () => Promise.reject(new Error('password')),
  });
  await failureOf(client.send(new GetServiceCommand({ serviceIdentifier })));
  await failureOf(client.send(new GetServiceCommand({ serviceIdentifier: 'x' })));
  await failureOf(client.send(new CreateServiceCommand({ name: 'shop' })));
  await failureOf(client.send(new ListServicesCommand({})));
  assert.deepEqual(
    audited.map(({ operation, parameters, end }) => [operation, end.kind === 'refused' ? end.code : '', parameters]),
    [
      ['GetService', 'ResourceNotFoundException', { serviceIdentifier }],
      ['GetService', 'ValidationException', { serviceIdentifier: 'x' }],
      ['CreateService', 'NotImplementedException', { name: 'shop', clientToken: audited[2] && tokenOf(audited[2]) }],
      ['ListServices', 'InternalServerException', {}],
    ],
  );
  assert.ok(audited.every((call) => !JSON.stringify(call).includes('password')));
  const strangers = [
    { credentials: { accessKeyId: 'AKIDNOBODY', secretAccessKey: 'x' } },
    { credentials: { ...keys, secretAccessKey: 'wrong' } },
    { region: 'mars-1' },
  ];
  const seen: unknown[] = [];
  for (const more of strangers) {
    const stranger = clientOf({}, more);
    await failureOf(stranger.client.send(new GetServiceCommand({ serviceIdentifier })));
    const [call] = stranger.audited;
    seen.push([call?.principalArn, call?.accessKeyId, call?.account, call?.region, call?.parameters]);
  }
  assert.deepEqual(seen, [
    [undefined, 'AKIDNOBODY', '123456789012', 'us-east-1', undefined],
    [undefined, keys.accessKeyId, account, 'us-east-1', undefined],
    [undefined, keys.accessKeyId, account, 'us-east-1', undefined],
  ]);
  const none: AuditedCall[] = [];
  const seenOf = (calls: readonly AuditedCall[]) =>
    calls.map(({ operation, accessKeyId, end }) => [operation, accessKeyId, end.kind === 'refused' && end.code]);
  const request = { method: 'GET', path: '/nothing', query: '', headers: new Map(), body: Buffer.alloc(0) };
  await makeDispatcher({}, { audited: none }).dispatch(request, { requestId: 'r', sourceIp: '::1' });
  assert.equal(none.length, 0);
  await makeDispatcher({}, { audited: none }).dispatch(
    { ...request, path: '/services' },
    { requestId: 'r', sourceIp: '::1' },
  );
  assert.deepEqual(seenOf(none), [['ListServices', undefined, 'MissingAuthenticationTokenException']]);
});

function tokenOf({ parameters }: AuditedCall): unknown {
  return (parameters as { readonly clientToken?: unknown }).clientToken;
}

test('toLoggable() hides what the schema marks as sensitive, and tokens', () => {
  const operation = readServiceSchema({ ...stsPackage }).operations.get('AssumeRole');
  assert.ok(operation !== undefined);
  const Credentials = { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't', Expiration: new Date(0) };
  assert.deepEqual(toLoggable(operation.output, { Credentials, PackedPolicySize: 3 }), {
    credentials: {
      accessKeyId: 'ASIA',
      secretAccessKey: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      sessionToken: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      expiration: '1970-01-01T00:00:00.000Z',
    },
    packedPolicySize: 3,
  });
});
