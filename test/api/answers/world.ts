// One of everything, and an API over it on which every call is answered as if it were the first: nothing that it changes is kept.

import * as sdk from '@aws-sdk/client-vpc-lattice';
import { createWatch } from '../../../src/base/watch.ts';
import { applyChanges } from '../../../src/domain/index.ts';
import { keyOf } from '../../../src/domain/records/index.ts';
import type { Store } from '../../../src/store/index.ts';
import { makeVpc, obeyAll } from '../lattice-checks.ts';
import type { RunningApi } from '../running-api.ts';
import { caller, makeGround, writeRecords } from './ground.ts';

/** A resource as answers name it; those of EC2 have no ARN here. */
export interface Named {
  readonly id: string;
  readonly arn: string;
}

const names = [
  ...[
    'network',
    'otherNetwork',
    'service',
    'otherService',
    'listener',
    'rule',
    'otherRule',
    'defaultRule',
    'usedGroup',
    'otherSubscription',
    'group',
    'otherGroup',
  ],
  ...['serviceAssociation', 'vpcAssociation', 'resourceAssociation', 'endpoint', 'subscription', 'verification'],
  ...['gateway', 'otherGateway', 'configuration', 'otherConfiguration', 'parent', 'vpc', 'otherVpc', 'subnet'],
] as const;

/** What stands in the world. Those called other are in nobody's way. */
export type WorldName = (typeof names)[number];

/** The world. */
export type World = Readonly<Record<WorldName, Named>>;

/** Makes it. */
export async function makeWorld(api: RunningApi): Promise<World> {
  const { lattice } = api;
  const ground = await makeGround(api);
  const world = new Map<string, Named>();
  const make = async (name: WorldName, call: Promise<object>): Promise<string> => {
    const { id, arn = '' } = (await call) as Partial<Named>;
    if (id === undefined) throw new Error(`${name} has no id`);
    world.set(name, { id, arn });
    await obeyAll(api);
    return id;
  };
  const inVpc = { vpcIdentifier: ground.vpcId, subnetIds: [ground.subnetId] };
  const serviceNetworkIdentifier = await make(
    'network',
    lattice.send(new sdk.CreateServiceNetworkCommand({ name: 'mesh' })),
  );
  await make('otherNetwork', lattice.send(new sdk.CreateServiceNetworkCommand({ name: 'mesh-two' })));
  const serviceIdentifier = await make('service', lattice.send(new sdk.CreateServiceCommand({ name: 'shop' })));
  await make('otherService', lattice.send(new sdk.CreateServiceCommand({ name: 'shop-two' })));
  const config = { protocol: 'HTTP', vpcIdentifier: ground.vpcId } as const;
  const group = (name: string) => lattice.send(new sdk.CreateTargetGroupCommand({ name, type: 'IP', config }));
  const targetGroupIdentifier = await make('group', group('group'));
  await make('otherGroup', group('group-two'));
  const defaultAction = { forward: { targetGroups: [{ targetGroupIdentifier, weight: 1 }] } };
  const listenerIdentifier = await make(
    'listener',
    lattice.send(new sdk.CreateListenerCommand({ serviceIdentifier, name: 'http', protocol: 'HTTP', defaultAction })),
  );
  const rule = (name: string, priority: number) =>
    lattice.send(
      new sdk.CreateRuleCommand({
        ...{ serviceIdentifier, listenerIdentifier, name, priority, match: { httpMatch: {} }, action: defaultAction },
      }),
    );
  await make('rule', rule('first', 10));
  await make('otherRule', rule('second', 20));
  const { items } = await lattice.send(new sdk.ListRulesCommand({ serviceIdentifier, listenerIdentifier }));
  const { id = '', arn = '' } = items?.find(({ isDefault }) => isDefault === true) ?? {};
  world.set('defaultRule', { id, arn });
  const used = await make('usedGroup', group('group-three'));
  await lattice.send(
    new sdk.CreateListenerCommand({
      ...{ serviceIdentifier: world.get('otherService')?.id, name: 'http', protocol: 'HTTP' },
      defaultAction: { forward: { targetGroups: [{ targetGroupIdentifier: used }] } },
    }),
  );
  const sides = { serviceIdentifier, serviceNetworkIdentifier };
  await make('serviceAssociation', lattice.send(new sdk.CreateServiceNetworkServiceAssociationCommand(sides)));
  await make(
    'vpcAssociation',
    lattice.send(
      new sdk.CreateServiceNetworkVpcAssociationCommand({ vpcIdentifier: ground.vpcId, serviceNetworkIdentifier }),
    ),
  );
  const subscribe = (destinationArn: string) =>
    lattice.send(
      new sdk.CreateAccessLogSubscriptionCommand({ resourceIdentifier: serviceNetworkIdentifier, destinationArn }),
    );
  await make('subscription', subscribe(`arn:aws:logs:us-east-1:${caller.account}:log-group:access`));
  await make('otherSubscription', subscribe('arn:aws:s3:::access-logs'));
  await make('verification', lattice.send(new sdk.StartDomainVerificationCommand({ domainName: 'example.com' })));
  const resourceGatewayIdentifier = await make(
    'gateway',
    lattice.send(new sdk.CreateResourceGatewayCommand({ name: 'door', ...inVpc })),
  );
  await make('otherGateway', lattice.send(new sdk.CreateResourceGatewayCommand({ name: 'door-two', ...inVpc })));
  const single = (name: string) =>
    lattice.send(
      new sdk.CreateResourceConfigurationCommand({
        ...{ name, type: 'SINGLE', portRanges: ['80'], resourceGatewayIdentifier },
        resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.1.5' } },
      }),
    );
  const resourceConfigurationIdentifier = await make('configuration', single('database'));
  await make('otherConfiguration', single('database-two'));
  const parent = { name: 'databases', type: 'GROUP', resourceGatewayIdentifier } as const;
  await make('parent', lattice.send(new sdk.CreateResourceConfigurationCommand(parent)));
  const both = { resourceConfigurationIdentifier, serviceNetworkIdentifier };
  await make('resourceAssociation', lattice.send(new sdk.CreateServiceNetworkResourceAssociationCommand(both)));
  await lattice.send(
    new sdk.PutResourcePolicyCommand({
      resourceArn: world.get('network')?.arn,
      policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
    }),
  );
  world.set('endpoint', await makeEndpoint(api, resourceConfigurationIdentifier));
  for (const [name, id] of [
    ['vpc', ground.vpcId],
    ['subnet', ground.subnetId],
    ['otherVpc', await makeVpc(api)],
  ] as const)
    world.set(name, { id, arn: '' });
  return Object.fromEntries(
    names.map((name) => {
      const one = world.get(name);
      if (one === undefined) throw new Error(`there is no ${name}`);
      return [name, one];
    }),
  ) as World;
}

/** EC2 has no call yet that makes VPC endpoints. */
async function makeEndpoint(api: RunningApi, configuration: string): Promise<Named> {
  const { account, region } = caller;
  const id = 'rea-00000000000000001';
  const arn = `arn:aws:vpc-lattice:${region}:${account}:resourceendpointassociation/${id}`;
  const record = {
    ...{ ...caller, id, arn, createdAt: 1, lastUpdatedAt: 1, tags: {}, createdBy: account },
    ...{ resourceConfigurationId: configuration, vpcEndpointId: 'vpce-00000000000000001', vpcEndpointOwner: account },
    resourceConfigurationKey: keyOf(account, region, configuration),
  };
  await writeRecords(api, { kind: 'resourceEndpointAssociation', key: keyOf(account, region, id), record });
  return { id, arn };
}

/** A store that stands still: it decides on the state that `store` has now, and keeps nothing. */
export function standStill(store: Store): Store {
  const state = store.state.value;
  return {
    state: createWatch(state),
    async commit(decision, input, context, _idempotency, eventOf) {
      const { changes, result } = decision(state, input, context);
      const revision = state.revision + (changes.length > 0 ? 1 : 0);
      const outcome = { result, state: applyChanges(state, changes, revision) };
      eventOf?.(outcome);
      return { ...outcome, revision, replayed: false };
    },
    record() {},
    lostEvents: 0,
    findEvents: (query) => store.findEvents(query),
    clearEvents: () => Promise.resolve(),
    scrub: () => Promise.resolve(false),
    at: (revision) => store.at(revision),
    timeOf: (revision) => store.timeOf(revision),
    subscribe: () => () => {},
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
