// Who may call: every way to fail in the words of each protocol, and the open mode.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ListServicesCommand, VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import { clientOptions, failureOf, keys, makeDispatcher } from '../../test/api/sdk-loop.ts';
import type { Call, OperationHandler } from './dispatch.ts';

test('dispatch() names each way to fail authentication in the words of the protocol', async () => {
  const dispatcher = makeDispatcher({});
  const wrong = { credentials: { accessKeyId: 'AKIDADMIN', secretAccessKey: 'other' } };
  const unknown = { credentials: { accessKeyId: 'NOBODY', secretAccessKey: 'x' } };
  const token = { credentials: { ...keys, sessionToken: 'x' } };
  const lattice = (more: object) =>
    failureOf(new VPCLatticeClient(clientOptions(dispatcher, more)).send(new ListServicesCommand({})));
  assert.equal((await lattice(wrong)).name, 'InvalidSignatureException');
  assert.equal((await lattice(unknown)).name, 'UnrecognizedClientException');
  assert.equal((await lattice(token)).name, 'UnrecognizedClientException');
  assert.match((await lattice({ region: 'eu-west-9' })).message, /us-east-1/);
  assert.equal((await lattice({ systemClockOffset: -600_000 })).name, 'InvalidSignatureException');
  const sts = (more: object) =>
    failureOf(new STSClient(clientOptions(dispatcher, more)).send(new GetCallerIdentityCommand({})));
  assert.equal((await sts(wrong)).name, 'SignatureDoesNotMatch');
  assert.equal((await sts(unknown)).name, 'InvalidClientTokenId');
  const ec2 = (more: object) =>
    failureOf(new EC2Client(clientOptions(dispatcher, more)).send(new DescribeVpcsCommand({})));
  assert.equal((await ec2(unknown)).name, 'AuthFailure');
});

test('dispatch() lets every unknown key in when open, and still verifies known ones', async () => {
  const calls: Call[] = [];
  const handler: OperationHandler = (_input, call) => {
    calls.push(call);
    return Promise.resolve({ output: {} });
  };
  const dispatcher = makeDispatcher({ ListServices: handler }, { open: true });
  const as = (accessKeyId: string, secretAccessKey = 'x') =>
    new VPCLatticeClient(clientOptions(dispatcher, { credentials: { accessKeyId, secretAccessKey } })).send(
      new ListServicesCommand({}),
    );
  await as('555566667777');
  await as('test');
  assert.deepEqual(
    calls.map((call) => call.account),
    ['555566667777', '123456789012'],
  );
  assert.equal((await failureOf(as('AKIDADMIN', 'wrong'))).name, 'InvalidSignatureException');
});
