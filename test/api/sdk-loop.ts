// SDK clients that talk to a dispatcher of our services without a socket.

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { ec2Definition } from '../../src/api/ec2/definition.ts';
import { cloudTrailDefinition } from '../../src/api/cloudtrail/definition.ts';
import { latticeDefinition } from '../../src/api/lattice/definition.ts';
import { stsDefinition } from '../../src/api/sts/definition.ts';
import { taggingDefinition } from '../../src/api/tagging/definition.ts';
import type { AuditedCall } from '../../src/base/audited-call.ts';
import type { WireRequest } from '../../src/aws/codec.ts';
import { createDispatcher, type Dispatcher, type OperationHandler } from '../../src/aws/dispatch.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { collectHeaders } from '../../src/sigv4/index.ts';

/** Whom `keys` stand for. */
export const account = '111122223333';
/** Keys that are known. */
export const keys = { accessKeyId: 'AKIDADMIN', secretAccessKey: 'secret' };
/** Temporary keys, good only with their token, of the same account. */
export const temporaryKeys = { accessKeyId: 'ASIDTEMPORARY', secretAccessKey: 'other', sessionToken: 'token/+=' };

/** A dispatcher whose services all have `handlers`. */
export function makeDispatcher(
  handlers: Readonly<Record<string, OperationHandler>>,
  options: { readonly open?: boolean; readonly events?: unknown[]; readonly audited?: AuditedCall[] } = {},
): Dispatcher {
  const operations = new Map(Object.entries(handlers));
  return createDispatcher(
    {
      services: [
        { definition: latticeDefinition, operations },
        { definition: ec2Definition, operations },
        { definition: stsDefinition, operations },
        { definition: cloudTrailDefinition, operations },
        { definition: taggingDefinition, operations },
      ],
      regions: ['us-east-1'],
      defaultAccount: '123456789012',
      open: options.open ?? false,
    },
    {
      clock: { now: Date.now },
      random: systemRandom,
      log: silentLog,
      ...(options.audited === undefined ? {} : { audit: (call) => options.audited?.push(call) }),
      findCredential(id) {
        const known = [keys, temporaryKeys].find(({ accessKeyId }) => accessKeyId === id);
        if (known === undefined) return undefined;
        const principalArn = `arn:aws:iam::${account}:user/admin`;
        return { ...known, secret: known.secretAccessKey, account, principalArn };
      },
      observe: (event) => options.events?.push(event),
    },
  );
}

/** The `requestHandler` of an SDK client that reaches a dispatcher without a socket. */
function transport(dispatcher: Dispatcher) {
  interface Sent {
    method: string;
    path: string;
    query?: Record<string, string | string[]>;
    headers: Record<string, string>;
    body?: string | Uint8Array;
  }
  return {
    async handle(sent: Sent) {
      const query = Object.entries(sent.query ?? {})
        .flatMap(([name, value]) => [value].flat().map((one) => [name, one].map(encodeURIComponent).join('=')))
        .join('&');
      const request: WireRequest = {
        method: sent.method,
        path: sent.path,
        query,
        headers: collectHeaders(Object.entries(sent.headers).flat()),
        body: typeof sent.body === 'string' ? Buffer.from(sent.body) : Buffer.from(new Uint8Array(sent.body ?? [])),
      };
      const { status, headers, body } = await dispatcher.dispatch(request, { requestId: 'r-1', sourceIp: '127.0.0.1' });
      const response = {
        statusCode: status,
        headers: { ...headers, 'x-amzn-requestid': 'r-1' },
        body: Readable.from(body === '' ? [] : [Buffer.from(body)]),
      };
      return { response };
    },
  };
}

/** Options for an SDK client that reaches `dispatcher`. */
export const clientOptions = (dispatcher: Dispatcher, more: object = {}) => ({
  region: 'us-east-1',
  endpoint: 'http://127.0.0.1:7171',
  credentials: keys,
  maxAttempts: 1,
  requestHandler: transport(dispatcher),
  ...more,
});

/** The error that `promise` rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  assert.fail('it should have failed');
}
