// An authorization service for Envoy (ext_authz over gRPC) on Pergola's own rooms: verifies signatures and asks two auth policies. `node service.ts SETTING.json`.

import { readFileSync } from 'node:fs';
import { Server, ServerCredentials, type handleUnaryCall } from '@grpc/grpc-js';
import { decideInvoke, type KeyValue, type PolicyRequest, type Principal } from '../../../src/policy/index.ts';
import { deriveSigningKey } from '../../../src/sigv4/index.ts';
import { isSignature } from '../../../src/sigv4/head/index.ts';
import type { RequestHead } from '../../../src/proxy/http1/request-head.ts';
import { CompiledAccessKey, scopeService } from '../../../src/proxy/identity/access-keys.ts';
import { authenticate } from '../../../src/proxy/identity/authenticate.ts';
import { prepareIdentifiedCaller } from '../../../src/proxy/identity/caller.ts';
import { compileAuth } from '../../../src/proxy/request/auth-layer.ts';
import { decodeCheckRequest, encodeDenial, passed, type CheckedRequest } from './check-request.ts';

/** What the service is started with. */
export interface AuthzSetting {
  /** Path of the Unix socket that it listens at. */
  readonly socket: string;
  readonly accessKeyId: string;
  readonly secret: string;
  readonly region: string;
  /** Whom the key stands for: a user. */
  readonly userArn: string;
  readonly serviceArn: string;
  readonly networkArn: string;
  /** The document of both. */
  readonly policy: string;
}

const [, , path = ''] = process.argv;
const setting = JSON.parse(readFileSync(path, 'utf8')) as AuthzSetting;
const { region, secret, userArn, serviceArn, networkArn, policy } = setting;

// All that does not change between requests is made once, as a worker of Pergola does.
const caller = prepareIdentifiedCaller({
  ...{ id: userArn, revision: 1, kind: 'user', arn: userArn, issuerArn: userArn, account: '123456789012' },
  ...{ userId: 'AIDABENCHBENCHBENCHBE', tags: {} },
  policies: [
    {
      name: 'AdministratorAccess',
      document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    },
  ],
});
const key = new CompiledAccessKey({
  signingKey: (date, scopeRegion) => deriveSigningKey(secret, { date, region: scopeRegion, service: scopeService }),
  publicPoint: () => undefined,
});
const world = {
  accessKeys: new Map([[setting.accessKeyId, { principalId: userArn, key }]]),
  principals: new Map([[userArn, caller]]),
  findSession: () => undefined,
};
const network = compileAuth({ arn: networkArn, authType: 'AWS_IAM', policy });
const service = compileAuth({ arn: serviceArn, authType: 'AWS_IAM', policy });
if (network === undefined || service === undefined) throw new Error('there are no policies');
const clock = { now: () => Date.now() };

const unread = {
  ...{ minor: 1, contentLength: -1, chunked: false, keepAlive: true, expectContinue: false, upgrade: false },
  ...{ requestId: '', forwardedFor: '', userAgent: '', hopByHop: [] },
} as const;

/** The head as `authenticate` reads it. */
function headOf({ method, path: target, host, headers }: CheckedRequest): RequestHead {
  let lines = `host:${host}\r\n`;
  let signature = '';
  for (const [name, value] of headers) {
    if (name === 'authorization') signature = isSignature(value) ? value : '';
    if (!name.startsWith(':')) lines += `${name}:${value}\r\n`;
  }
  const question = target.indexOf('?');
  const pathOnly = question < 0 ? target : target.slice(0, question);
  return { ...unread, method, target, path: pathOnly, host, signature, forward: lines, lines };
}

class InvokeRequest implements PolicyRequest {
  readonly action = 'vpc-lattice-svcs:Invoke';
  readonly principal: Principal;
  readonly resource: string;
  readonly #head: RequestHead;

  constructor(principal: Principal, head: RequestHead) {
    this.principal = principal;
    this.resource = serviceArn + head.path;
    this.#head = head;
  }

  key(name: string): KeyValue {
    switch (name) {
      case 'vpc-lattice-svcs:requestmethod':
        return this.#head.method;
      case 'vpc-lattice-svcs:requestpath':
        return this.#head.path;
      default:
        return undefined;
    }
  }
}

const denied = encodeDenial('AccessDeniedException');

const check: handleUnaryCall<CheckedRequest, Buffer> = ({ request: asked }, answer) => {
  const head = headOf(asked);
  const who = authenticate(world, { region }, head, clock);
  if (who.kind === 'refused') return answer(null, encodeDenial(who.reason));
  const request = new InvokeRequest(who.principal, head);
  const verdict = decideInvoke(
    {
      network: network.about(who, request),
      service: service.about(who, request),
      ...(who.policies === undefined ? {} : { caller: who.policies() }),
    },
    request,
  );
  answer(null, verdict.allowed ? passed : denied);
};

const server = new Server();
server.addService(
  {
    Check: {
      path: '/envoy.service.auth.v3.Authorization/Check',
      requestStream: false,
      responseStream: false,
      requestDeserialize: decodeCheckRequest,
      requestSerialize: () => Buffer.alloc(0),
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: (bytes: Buffer) => bytes,
    },
  },
  { Check: check },
);
server.bindAsync(`unix:${setting.socket}`, ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.stdout.write('ready\n');
});
