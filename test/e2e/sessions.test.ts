// Signed requests on real connections: users and sessions of roles, what they may, and when that ends.

import assert from 'node:assert/strict';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, type Credentials } from '@aws-sdk/client-sts';
import { PutAuthPolicyCommand, UpdateServiceCommand } from '@aws-sdk/client-vpc-lattice';
import { signHeaders, unsignedPayload } from '../../src/sigv4/index.ts';
import { ofEveryKind, onEveryAttachment } from './attachments.ts';
import { given, listenerPort, unique } from './scenario.ts';
import { openShop } from './shop.ts';

const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

/** Header lines of a signature for services by `credentials`; `host` as the client writes it. */
function sign(credentials: Partial<Credentials>, host: string, path: string): Record<string, string> {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = credentials;
  const headers = new Map([
    ['host', host],
    ['x-amz-content-sha256', unsignedPayload],
    ['x-amz-security-token', SessionToken],
  ]);
  const signer = {
    accessKeyId: AccessKeyId,
    secret: SecretAccessKey,
    region: 'us-east-1',
    service: 'vpc-lattice-svcs',
  };
  const signed = signHeaders({ method: 'GET', path, query: '', headers }, signer, {
    now: Date.now(),
    bodyHash: unsignedPayload,
  });
  return { ...Object.fromEntries(headers), ...signed };
}

onEveryAttachment({}, [
  {
    name: 'a session of a role signs requests from the first one on, its target knows it, and what its role may not it may not either',
    runs: ofEveryKind,
    enforces: ['PutAuthPolicy', 'UpdateService'],
    async run(server) {
      await using shop = await openShop(server);
      const resourceIdentifier = shop.service;
      const admin = given((await server.sts.send(new GetCallerIdentityCommand())).Arn);
      const RoleName = unique('orders');
      const AssumeRolePolicyDocument = document({
        Effect: 'Allow',
        Principal: { AWS: admin },
        Action: 'sts:AssumeRole',
      });
      const { Role } = await server.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      const RoleArn = given(Role?.Arn);
      const may = { Effect: 'Allow', Action: 'vpc-lattice-svcs:Invoke', Resource: `${shop.made.arn}/open/*` };
      await server.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument: document(may) }));
      await server.lattice.send(new UpdateServiceCommand({ serviceIdentifier: shop.service, authType: 'AWS_IAM' }));
      const policy = document({ Effect: 'Allow', Principal: { AWS: RoleArn }, Action: '*', Resource: '*' });
      await server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier, policy }));
      await server.obeyed();
      const begin = async (RoleSessionName: string, Policy?: string): Promise<Partial<Credentials>> => {
        const asked = { RoleArn, RoleSessionName, ...(Policy === undefined ? {} : { Policy }) };
        return given((await server.sts.send(new AssumeRoleCommand(asked))).Credentials);
      };
      const ask = async (credentials: Partial<Credentials>, path: string) => {
        const headers = sign(credentials, `${shop.name}:${listenerPort}`, path);
        const { status, body } = await shop.client.request({ name: shop.name, port: listenerPort, path, headers });
        return { status, body };
      };
      const session = await begin('one');
      const first = await ask(session, '/open/a');
      assert.equal(first.status, 200, first.body);
      const arn = RoleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/') + '/one';
      const { headers } = JSON.parse(first.body) as { headers: Record<string, string> };
      assert.match(
        headers['x-amzn-lattice-identity'] ?? '',
        new RegExp(`Principal=${arn}; SessionName=one; Type=AWS_IAM`),
      );

      const closed = await ask(session, '/closed');
      assert.equal(closed.status, 403);
      assert.match(
        closed.body,
        new RegExp(`User: ${arn} is not authorized .* because no identity-based policy allows`),
      );
      assert.match(await shop.ask('/open/a'), /^403 .*User: anonymous/);
      const limited = await begin('two', document({ ...may, Resource: `${shop.made.arn}/open/b` }));
      assert.equal((await ask(limited, '/open/b')).status, 200);
      assert.match((await ask(limited, '/open/a')).body, /because no session policy allows/);
      const other = await begin('three');
      const mixed = await ask({ ...session, SessionToken: other.SessionToken }, '/open/a');
      assert.deepEqual(
        [mixed.status, /security token included in the request is invalid/.test(mixed.body)],
        [403, true],
      );

      await server.iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'may' }));
      await server.obeyed();
      assert.match((await ask(session, '/open/a')).body, /because no identity-based policy allows/);
      await server.iam.send(new DeleteRoleCommand({ RoleName }));
      await server.obeyed();
      assert.match((await ask(session, '/open/a')).body, /security token included in the request is invalid/);
    },
  },
]);
