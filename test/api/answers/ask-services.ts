// Every answer about service networks, services, listeners, rules, target groups, their policies, logs and tags.

import * as sdk from '@aws-sdk/client-vpc-lattice';
import { obeyAll } from '../lattice-checks.ts';
import type { RunningApi } from '../running-api.ts';
import type { Json, Recorder } from './recorder.ts';
import type { Ground } from './ground.ts';

const idOf = (json: Json): string => String(json['id']);
const tags = { team: 'shop' };
/** An action that answers with a status. */
const fixedResponse = (statusCode: number) => ({ fixedResponse: { statusCode } }) as const;

/** What later questions need. */
export interface Services {
  readonly network: string;
  readonly minimalNetwork: string;
  readonly service: string;
  readonly minimalService: string;
  readonly lambdaGroup: string;
}

/** Asks; leaves networks and services standing. */
export async function askServices(api: RunningApi, { ask }: Recorder, ground: Ground): Promise<Services> {
  const { vpcId: vpcIdentifier, account } = ground;
  const network = await ask(
    'full',
    new sdk.CreateServiceNetworkCommand({
      name: 'mesh',
      authType: 'AWS_IAM',
      sharingConfig: { enabled: false },
      tags,
      clientToken: 'one',
    }),
  );
  const minimalNetwork = await ask('minimal', new sdk.CreateServiceNetworkCommand({ name: 'mesh-two' }));
  for (const [name, { arn, id }] of [
    ['full', network],
    ['minimal', minimalNetwork],
  ] as const) {
    await ask(name, new sdk.GetServiceNetworkCommand({ serviceNetworkIdentifier: String(arn) }));
    await ask(name, new sdk.ListServiceNetworksCommand({}), String(id));
    await ask(name, new sdk.UpdateServiceNetworkCommand({ serviceNetworkIdentifier: String(id), authType: 'NONE' }));
    await ask(name, new sdk.ListTagsForResourceCommand({ resourceArn: String(arn) }));
  }
  await ask('full', new sdk.TagResourceCommand({ resourceArn: String(minimalNetwork['arn']), tags }));
  await ask('full', new sdk.UntagResourceCommand({ resourceArn: String(minimalNetwork['arn']), tagKeys: ['team'] }));

  const service = await ask(
    'full',
    new sdk.CreateServiceCommand({
      name: 'shop',
      customDomainName: 'shop.example.com',
      certificateArn: `arn:aws:acm:us-east-1:${account}:certificate/c-1`,
      authType: 'AWS_IAM',
      idleTimeoutSeconds: 120,
      tags,
    }),
  );
  const minimalService = await ask('minimal', new sdk.CreateServiceCommand({ name: 'shop-two' }));
  for (const [name, serviceIdentifier] of [
    ['full', idOf(service)],
    ['minimal', idOf(minimalService)],
  ] as const) {
    await ask(name, new sdk.GetServiceCommand({ serviceIdentifier }));
    await ask(name, new sdk.ListServicesCommand({}), serviceIdentifier);
    await ask(name, new sdk.UpdateServiceCommand({ serviceIdentifier, authType: 'NONE' }));
  }

  const groups = await askGroups(ask, vpcIdentifier);
  await askListeners(api, { ask }, idOf(service), idOf(minimalService), groups);
  await askTargets({ ask }, groups, account);
  await askPolicies({ ask }, idOf(service), idOf(minimalService), String(network['arn']));
  await askLogs({ ask }, idOf(network), idOf(minimalService), account);
  await obeyAll(api);
  return {
    network: idOf(network),
    minimalNetwork: idOf(minimalNetwork),
    service: idOf(service),
    minimalService: idOf(minimalService),
    lambdaGroup: groups.minimal,
  };
}

type Groups = Readonly<Record<'full' | 'minimal' | 'instance' | 'alb' | 'tcp' | 'event' | 'used', string>>;
type Asking = Pick<Recorder, 'ask'>;

async function askGroups(ask: Recorder['ask'], vpcIdentifier: string): Promise<Groups> {
  const healthCheck: sdk.HealthCheckConfig = {
    ...{ enabled: true, protocol: 'HTTP', protocolVersion: 'HTTP1', port: 8081, path: '/up' },
    ...{ healthCheckIntervalSeconds: 10, healthCheckTimeoutSeconds: 2, healthyThresholdCount: 3 },
    ...{ unhealthyThresholdCount: 4, matcher: { httpCode: '200-299' } },
  };
  const http = { port: 8080, protocol: 'HTTP', protocolVersion: 'HTTP1', vpcIdentifier } as const;
  const makes = {
    full: { type: 'IP', config: { ...http, ipAddressType: 'IPV4', healthCheck } },
    minimal: { type: 'LAMBDA' },
    instance: { type: 'INSTANCE', config: { protocol: 'HTTP', vpcIdentifier } },
    alb: { type: 'ALB', config: { protocol: 'HTTP', vpcIdentifier } },
    tcp: { type: 'IP', config: { protocol: 'TCP', port: 22, vpcIdentifier } },
    event: { type: 'LAMBDA', config: { lambdaEventStructureVersion: 'V2' } },
  } as const;
  const made: Record<string, string> = {};
  for (const [name, input] of Object.entries(makes)) {
    const group = await ask(name, new sdk.CreateTargetGroupCommand({ name: `group-${name}`, ...input, tags }));
    made[name] = idOf(group);
    await ask(name, new sdk.GetTargetGroupCommand({ targetGroupIdentifier: String(group['arn']) }));
    if (name in { full: 1, minimal: 1, instance: 1, event: 1 })
      await ask(name, new sdk.ListTargetGroupsCommand({}), idOf(group));
  }
  const { full = '', minimal = '', instance = '', alb = '', tcp = '', event = '' } = made;
  await ask('full', new sdk.UpdateTargetGroupCommand({ targetGroupIdentifier: full, healthCheck }));
  await ask(
    'instance',
    new sdk.UpdateTargetGroupCommand({ targetGroupIdentifier: instance, healthCheck: { path: '/' } }),
  );
  return { full, minimal, instance, alb, tcp, event, used: minimal };
}

async function askListeners(
  api: RunningApi,
  { ask }: Asking,
  full: string,
  minimal: string,
  groups: Groups,
): Promise<void> {
  const targetGroups = [
    { targetGroupIdentifier: groups.full, weight: 9 },
    { targetGroupIdentifier: groups.used, weight: 1 },
  ];
  const forward = { forward: { targetGroups } };
  const fullListener = await ask(
    'full',
    new sdk.CreateListenerCommand({
      ...{ serviceIdentifier: full, name: 'https', protocol: 'HTTPS', port: 8443, tags, clientToken: 'one' },
      defaultAction: forward,
    }),
  );
  const minimalListener = await ask(
    'minimal',
    new sdk.CreateListenerCommand({
      ...{ serviceIdentifier: minimal, name: 'http', protocol: 'HTTP', defaultAction: fixedResponse(404) },
    }),
  );
  const healthy = { targetGroupIdentifier: groups.full, targets: [{ id: '10.0.1.9', port: 80 }] };
  await api.lattice.send(new sdk.RegisterTargetsCommand(healthy));
  await ask('healthy', new sdk.ListTargetsCommand(healthy));
  await ask('used', new sdk.GetTargetGroupCommand({ targetGroupIdentifier: groups.used }));
  await ask('used', new sdk.ListTargetGroupsCommand({}), groups.used);
  const match = {
    httpMatch: {
      method: 'GET',
      pathMatch: { match: { exact: '/a' }, caseSensitive: true },
      headerMatches: [{ name: 'x-version', match: { prefix: '2' }, caseSensitive: false }],
    },
  };
  const [fullPlace, minimalPlace] = [
    { serviceIdentifier: full, listenerIdentifier: idOf(fullListener) },
    { serviceIdentifier: minimal, listenerIdentifier: idOf(minimalListener) },
  ];
  const fullRule = await ask(
    'full',
    new sdk.CreateRuleCommand({ ...fullPlace, name: 'one', priority: 10, match, action: forward, tags }),
  );
  const everything = { httpMatch: {} };
  const minimalRule = await ask(
    'minimal',
    new sdk.CreateRuleCommand({
      ...{ ...minimalPlace, name: 'one', priority: 10, match: everything, action: fixedResponse(404) },
    }),
  );
  const gone = { ruleIdentifier: 'rule-00000000000000000', priority: 7 };
  for (const [name, place, rule, action, more] of [
    ['full', fullPlace, idOf(fullRule), forward, [gone]],
    ['minimal', minimalPlace, idOf(minimalRule), fixedResponse(500), []],
  ] as const) {
    await ask(name, new sdk.GetListenerCommand(place));
    await ask(name, new sdk.UpdateListenerCommand({ ...place, defaultAction: action }));
    await ask(name, new sdk.ListListenersCommand(place));
    await ask(name, new sdk.GetRuleCommand({ ...place, ruleIdentifier: rule }));
    await ask(name, new sdk.UpdateRuleCommand({ ...place, ruleIdentifier: rule, action }));
    await ask(name, new sdk.ListRulesCommand(place), rule);
    const rules = [{ ruleIdentifier: rule, priority: 11 }, ...more];
    await ask(name, new sdk.BatchUpdateRuleCommand({ ...place, rules }));
  }
  const { items } = await ask('unfiltered', new sdk.ListRulesCommand(minimalPlace));
  const defaultRule = (items as readonly Json[]).find(({ isDefault }) => isDefault === true);
  const ruleIdentifier = String(defaultRule?.['id']);
  await ask('default', new sdk.ListRulesCommand(minimalPlace), ruleIdentifier);
  await ask('default', new sdk.GetRuleCommand({ ...minimalPlace, ruleIdentifier }));
  for (const [name, place, rule] of [
    ['full', fullPlace, idOf(fullRule)],
    ['minimal', minimalPlace, idOf(minimalRule)],
  ] as const) {
    await ask(name, new sdk.DeleteRuleCommand({ ...place, ruleIdentifier: rule }));
    await ask(name, new sdk.DeleteListenerCommand(place));
  }
  await ask('none', new sdk.ListListenersCommand(minimalPlace));
}

async function askTargets({ ask }: Asking, groups: Groups, account: string): Promise<void> {
  const [full, minimal] = [{ targetGroupIdentifier: groups.full }, { targetGroupIdentifier: groups.minimal }];
  const outside = { id: '192.0.2.1', port: 80 };
  const inside = { id: '10.0.1.10', port: 80 };
  const lambda = { id: `arn:aws:lambda:us-east-1:${account}:function:quote` };
  await ask('none', new sdk.ListTargetsCommand(minimal));
  await ask('full', new sdk.RegisterTargetsCommand({ ...full, targets: [inside, outside] }));
  await ask('minimal', new sdk.RegisterTargetsCommand({ ...minimal, targets: [lambda] }));
  await ask('full', new sdk.ListTargetsCommand({ ...full, targets: [inside] }));
  await ask('minimal', new sdk.ListTargetsCommand(minimal));
  await ask('full', new sdk.DeregisterTargetsCommand({ ...full, targets: [inside, outside] }));
  await ask('minimal', new sdk.DeregisterTargetsCommand({ ...minimal, targets: [lambda] }));
  await ask('full', new sdk.DeleteTargetGroupCommand({ targetGroupIdentifier: groups.tcp }));
}

async function askPolicies({ ask }: Asking, full: string, minimal: string, arn: string): Promise<void> {
  const policyOf = (more: object): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...more }] });
  await ask('minimal', new sdk.GetAuthPolicyCommand({ resourceIdentifier: minimal }));
  await ask('full', new sdk.PutAuthPolicyCommand({ resourceIdentifier: full, policy: policyOf({ Principal: '*' }) }));
  await ask('full', new sdk.GetAuthPolicyCommand({ resourceIdentifier: full }));
  await ask('full', new sdk.DeleteAuthPolicyCommand({ resourceIdentifier: full }));
  const policy = policyOf({
    Principal: { AWS: '444455556666' },
    Action: 'vpc-lattice:GetServiceNetwork',
    Resource: arn,
  });
  await ask('full', new sdk.PutResourcePolicyCommand({ resourceArn: arn, policy }));
  await ask('full', new sdk.GetResourcePolicyCommand({ resourceArn: arn }));
  await ask('full', new sdk.DeleteResourcePolicyCommand({ resourceArn: arn }));
}

async function askLogs({ ask }: Asking, network: string, service: string, account: string): Promise<void> {
  const logs = (name: string): string => `arn:aws:logs:us-east-1:${account}:log-group:${name}`;
  await ask('none', new sdk.ListAccessLogSubscriptionsCommand({ resourceIdentifier: network }));
  for (const [name, resourceIdentifier, more] of [
    ['full', network, { serviceNetworkLogType: 'RESOURCE', tags, clientToken: 'one' }],
    ['minimal', service, {}],
  ] as const) {
    const made = await ask(
      name,
      new sdk.CreateAccessLogSubscriptionCommand({ resourceIdentifier, destinationArn: logs(name), ...more }),
    );
    const accessLogSubscriptionIdentifier = idOf(made);
    await ask(name, new sdk.GetAccessLogSubscriptionCommand({ accessLogSubscriptionIdentifier }));
    await ask(name, new sdk.ListAccessLogSubscriptionsCommand({ resourceIdentifier }));
    const destinationArn = logs(`${name}-two`);
    await ask(name, new sdk.UpdateAccessLogSubscriptionCommand({ accessLogSubscriptionIdentifier, destinationArn }));
    await ask(name, new sdk.DeleteAccessLogSubscriptionCommand({ accessLogSubscriptionIdentifier }));
  }
}
