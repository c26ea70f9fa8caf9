// What tests of VPC Lattice share: complete outputs, refusals by name, and things to test with.

import assert from 'node:assert/strict';
import { CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import * as sdk from '@aws-sdk/client-vpc-lattice';
import { membersOf, readServiceSchema } from '../../src/aws/index.ts';
import { systemRandom } from '../../src/base/random.ts';
import { advanceStatuses } from '../../src/domain/upkeep/index.ts';
import type { RunningApi } from './running-api.ts';

let serial = 0;

/** A name that no other call of this process gave. */
export const unique = (prefix: string): string => `${prefix}-${++serial}`;

const schema = readServiceSchema({ ...sdk });

/** Fails unless `output` has every member of the operation's output but `absent`. */
export function assertComplete(operation: string, output: object, ...absent: readonly string[]): void {
  const shape = schema.operations.get(operation)?.output;
  assert.ok(shape !== undefined, operation);
  const expected = membersOf(shape).map(([name]) => name);
  const has = Object.entries(output).flatMap(([name, value]) =>
    value === undefined || name === '$metadata' ? [] : [name],
  );
  assert.deepEqual(has.sort(), expected.filter((name) => !absent.includes(name)).sort(), operation);
}

/** The error that `call` is refused with; fails unless its name is `name` and its message fits `text`. */
export async function refused(call: Promise<unknown>, name: string, text = /./): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof sdk.VPCLatticeServiceException, String(error));
    assert.equal(error.name, name, error.message);
    assert.match(error.message, text);
    return error as unknown as Record<string, unknown>;
  }
  assert.fail(`it should have been refused with ${name}`);
}

/** The id of a new VPC, 10.0.0.0/16. */
export async function makeVpc({ ec2 }: RunningApi): Promise<string> {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  return Vpc?.VpcId ?? '';
}

/** The id of a new service. */
export async function makeService({ lattice }: RunningApi): Promise<string> {
  return (await lattice.send(new sdk.CreateServiceCommand({ name: unique('shop') }))).id ?? '';
}

/** The id of a new target group of type IP, HTTP on port 80. */
export async function makeGroup(api: RunningApi): Promise<string> {
  const config = { port: 80, protocol: 'HTTP', vpcIdentifier: await makeVpc(api) } as const;
  const made = await api.lattice.send(new sdk.CreateTargetGroupCommand({ name: unique('group'), type: 'IP', config }));
  return made.id ?? '';
}

/** The id of a new HTTP listener on port 80 that answers 404. */
export async function makeListener({ lattice }: RunningApi, serviceIdentifier: string): Promise<string> {
  const made = await lattice.send(
    new sdk.CreateListenerCommand({
      serviceIdentifier,
      name: unique('http'),
      protocol: 'HTTP',
      defaultAction: { fixedResponse: { statusCode: 404 } },
    }),
  );
  return made.id ?? '';
}

/** The id of a new subnet, 10.0.`n`.0/24. */
export async function makeSubnet({ ec2 }: RunningApi, vpcId: string, n = 1): Promise<string> {
  const made = await ec2.send(
    new CreateSubnetCommand({
      VpcId: vpcId,
      CidrBlock: `10.0.${n}.0/24`,
      AvailabilityZone: `us-east-1${String.fromCharCode(96 + n)}`,
    }),
  );
  return made.Subnet?.SubnetId ?? '';
}

/** What control does when every data-plane node has acknowledged the newest revision. */
export async function obeyAll({ store }: RunningApi): Promise<void> {
  const context = {
    account: '123456789012',
    region: 'us-east-1',
    principalArn: 'arn:aws:iam::123456789012:root',
    operation: 'AdvanceStatuses',
    now: Date.now(),
    random: systemRandom,
    quotas: 'none',
  } as const;
  await store.commit(advanceStatuses, { obeyedRevision: store.state.value.revision }, context);
}

/** The id of a new resource gateway in a VPC of its own, ACTIVE. */
export async function makeGateway(
  api: RunningApi,
  more: Partial<sdk.CreateResourceGatewayRequest> = {},
): Promise<string> {
  const vpcIdentifier = await makeVpc(api);
  const subnetIds = [await makeSubnet(api, vpcIdentifier)];
  const made = await api.lattice.send(
    new sdk.CreateResourceGatewayCommand({ name: unique('gateway'), vpcIdentifier, subnetIds, ...more }),
  );
  await obeyAll(api);
  return made.id ?? '';
}

/** The id of a new resource configuration, a SINGLE one of 10.0.0.5:5432 unless `more` says otherwise, ACTIVE. */
export async function makeConfiguration(
  api: RunningApi,
  resourceGatewayIdentifier: string,
  more: Partial<sdk.CreateResourceConfigurationRequest> = {},
): Promise<string> {
  const made = await api.lattice.send(
    new sdk.CreateResourceConfigurationCommand({
      ...{ name: unique('database'), type: 'SINGLE', resourceGatewayIdentifier, portRanges: ['5432'] },
      resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.0.5' } },
      ...more,
    }),
  );
  await obeyAll(api);
  return made.id ?? '';
}
