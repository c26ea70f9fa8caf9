// Principals with policies of their own for tests of the API, and clients that call as them.

import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { Route53Client } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import { VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';
import { systemRandom } from '../../src/base/random.ts';
import type { Context } from '../../src/domain/index.ts';
import { put } from '../../src/domain/state.ts';
import { applyConfiguredPrincipals } from '../../src/domain/iam/index.ts';
import { createSecretBox } from '../../src/identity/index.ts';
import type { Keys, RunningApi } from './running-api.ts';

/** Clients that call as one principal. */
export interface Clients {
  readonly lattice: VPCLatticeClient;
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly sts: STSClient;
  readonly route53: Route53Client;
}

/** Clients of `api` with `credentials`. */
export function clientsOf({ origin }: Pick<RunningApi, 'origin'>, credentials: Keys): Clients {
  const options = { region: 'us-east-1', endpoint: origin, credentials, maxAttempts: 1 };
  return {
    lattice: new VPCLatticeClient(options),
    ec2: new EC2Client(options),
    iam: new IAMClient(options),
    sts: new STSClient(options),
    route53: new Route53Client(options),
  };
}

const account = '111122223333';

const context = (): Context => ({
  ...{ account, region: 'us-east-1', principalArn: 'arn', operation: 'test', now: Date.now(), quotas: 'none' },
  random: systemRandom,
});

/** The keys of a user that `callAs` made. */
export const keysOf = (name: string): Keys => ({
  accessKeyId: `AKIA${name.toUpperCase()}`,
  secretAccessKey: `secret of ${name}`,
});

/** Makes the users of account 111122223333 whose statements these are, by name, and resolves with clients of each. */
export async function callAs<Name extends string>(
  api: RunningApi,
  users: Readonly<Record<Name, readonly object[]>>,
): Promise<Readonly<Record<Name, Clients>>> {
  const names = Object.keys(users) as Name[];
  const principals = names.map((name) => ({
    arn: `arn:aws:iam::${account}:user/${name}`,
    ...keysOf(name),
    policies: [{ Version: '2012-10-17', Statement: users[name] }],
  }));
  await api.store.commit(
    applyConfiguredPrincipals,
    { principals, secrets: createSecretBox(Buffer.alloc(32, 7)) },
    context(),
  );
  return Object.fromEntries(names.map((name) => [name, clientsOf(api, keysOf(name))])) as Record<Name, Clients>;
}

/** Gives the IAM user `name` of account 111122223333 policies of these names, each of which allows everything. */
export async function allowEverything({ store }: RunningApi, name: string, policies = ['all']): Promise<void> {
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  const document = JSON.stringify({ Version: '2012-10-17', Statement });
  await store.commit(
    (state) => {
      const user = [...state.tables.iamUser.values()].find((one) => one.name === name);
      if (user === undefined) throw new Error(`there is no user ${name}`);
      return {
        changes: [
          put('iamUser', { ...user, inlinePolicies: Object.fromEntries(policies.map((one) => [one, document])) }),
        ],
        result: null,
      };
    },
    null,
    context(),
  );
}
