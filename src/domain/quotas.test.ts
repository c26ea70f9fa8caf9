// Every quota, one below and one above its limit.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResourceAssociation, createServiceAssociation, createVpcAssociation } from './association/index.ts';
import { createSubnet, createVpc } from './ec2/index.ts';
import { startDomainVerification } from './domain-verification/index.ts';
import { identityPolicy, trustPolicy } from '../../test/domain/iam-words.ts';
import { createUser } from './iam/index.ts';
import { attachPolicy, createPolicy } from './iam-policy/index.ts';
import { createInstanceProfile, createRole } from './iam-role/index.ts';
import { createOidcProvider } from './oidc-provider/index.ts';
import { associateVpc, createHostedZone } from './hosted-zone/index.ts';
import { createListener } from './listener/index.ts';
import { createServiceNetwork } from './network/index.ts';
import { awsQuotas, usualQuotas, type QuotaLimits, type QuotaName } from './quotas.ts';
import { Refusal } from './refusal.ts';
import { changeRecordSets } from './record-set/index.ts';
import { createResourceConfiguration } from './resource-configuration/index.ts';
import { createResourceGateway } from './resource-gateway/index.ts';
import { createRule } from './rule/index.ts';
import { createScenario, type Scenario } from './scenario.ts';
import { createService } from './service/index.ts';
import { createTargetGroup, registerTargets } from './target/index.ts';

const fixed = { kind: 'fixedResponse', statusCode: 404 } as const;

function makeVpc(s: Scenario, n: number): string {
  return s.run(createVpc, { cidrBlock: `10.${n}.0.0/16`, attachment: { kind: 'netns' } }).id;
}

function makeListener(s: Scenario) {
  const serviceIdentifier = s.run(createService, { name: 'shop' }).id;
  const input = { serviceIdentifier, name: 'http', protocol: 'HTTP', defaultAction: fixed } as const;
  return { serviceIdentifier, listenerIdentifier: s.run(createListener, input).listener.id };
}

function makeGateway(s: Scenario): string {
  const vpcIdentifier = makeVpc(s, 0);
  const subnet = s.run(createSubnet, { vpcId: vpcIdentifier, cidrBlock: '10.0.1.0/24' });
  return s.run(createResourceGateway, { name: 'gateway', vpcIdentifier, subnetIds: [subnet.id] }).id;
}

function makePolicy(s: Scenario, n: number): string {
  return s.run(createPolicy, { name: `policy-${n}`, document: identityPolicy }).arn;
}

/** For each quota what prepares a state, and what makes the `n`-th thing that it counts. */
const makers: { readonly [N in QuotaName]: (s: Scenario) => (n: number) => unknown } = {
  childrenPerGroup(s) {
    const group = { name: 'group', type: 'GROUP', resourceGatewayIdentifier: makeGateway(s) } as const;
    const resourceConfigurationGroupIdentifier = s.run(createResourceConfiguration, group).id;
    return (n) =>
      s.run(createResourceConfiguration, {
        ...{ name: `child-${n}`, type: 'CHILD', resourceConfigurationGroupIdentifier, portRanges: ['80'] },
        resourceConfigurationDefinition: { ipResource: { ipAddress: '10.0.1.9' } },
      });
  },
  domainVerifications: (s) => (n) => s.run(startDomainVerification, { domainName: `d${n}.example.com` }),
  instanceProfiles: (s) => (n) => s.run(createInstanceProfile, { name: `profile-${n}` }),
  listenersPerService(s) {
    const serviceIdentifier = s.run(createService, { name: 'shop' }).id;
    return (n) =>
      s.run(createListener, {
        serviceIdentifier,
        name: `at-${n}`,
        protocol: 'HTTP',
        port: 80 + n,
        defaultAction: fixed,
      });
  },
  hostedZones: (s) => (n) => s.run(createHostedZone, { name: 'corp.example', callerReference: String(n) }),
  managedPolicies: (s) => (n) => makePolicy(s, n),
  oidcProviders: (s) => (n) => s.run(createOidcProvider, { url: `https://id-${n}.example.com` }),
  policiesPerRole(s) {
    const { name } = s.run(createRole, { name: 'ci', trustPolicy });
    return (n) => s.run(attachPolicy, { entity: { kind: 'iamRole', name }, policyArn: makePolicy(s, n) });
  },
  policiesPerUser(s) {
    const { name } = s.run(createUser, { name: 'ann' });
    return (n) => s.run(attachPolicy, { entity: { kind: 'iamUser', name }, policyArn: makePolicy(s, n) });
  },
  recordSetsPerZone(s) {
    const { zone } = s.run(createHostedZone, { name: 'corp.example', callerReference: 'one' });
    return (n) => {
      const set = { name: `n${n}.corp.example`, type: 'A', ttl: 60, values: ['192.0.2.1'], otherRouting: [] };
      // What is there already counts once.
      for (let i = 0; i < 2; i++) s.run(changeRecordSets, { zoneId: zone.id, changes: [{ action: 'UPSERT', ...set }] });
    };
  },
  resourceConfigurations(s) {
    const resourceGatewayIdentifier = makeGateway(s);
    return (n) => s.run(createResourceConfiguration, { name: `group-${n}`, type: 'GROUP', resourceGatewayIdentifier });
  },
  resourceConfigurationsPerNetwork(s) {
    const resourceGatewayIdentifier = makeGateway(s);
    const serviceNetworkIdentifier = s.run(createServiceNetwork, { name: 'main' }).id;
    return (n) => {
      const group = { name: `group-${n}`, type: 'GROUP', resourceGatewayIdentifier } as const;
      const resourceConfigurationIdentifier = s.run(createResourceConfiguration, group).id;
      s.run(createResourceAssociation, { resourceConfigurationIdentifier, serviceNetworkIdentifier });
    };
  },
  resourceGatewaysPerVpc(s) {
    const vpcIdentifier = makeVpc(s, 0);
    const subnet = s.run(createSubnet, { vpcId: vpcIdentifier, cidrBlock: '10.0.1.0/24' });
    return (n) => s.run(createResourceGateway, { name: `gateway-${n}`, vpcIdentifier, subnetIds: [subnet.id] });
  },
  roles: (s) => (n) => s.run(createRole, { name: `role-${n}`, trustPolicy }),
  rulesPerListener(s) {
    const place = makeListener(s);
    return (n) => s.run(createRule, { ...place, name: `rule-${n}`, priority: n + 1, match: {}, action: fixed });
  },
  serviceAssociationsPerNetwork(s) {
    const serviceNetworkIdentifier = s.run(createServiceNetwork, { name: 'main' }).id;
    return (n) => {
      const serviceIdentifier = s.run(createService, { name: `shop-${n}` }).id;
      s.run(createServiceAssociation, { serviceIdentifier, serviceNetworkIdentifier });
    };
  },
  serviceNetworks: (s) => (n) => s.run(createServiceNetwork, { name: `network-${n}` }),
  services: (s) => (n) => s.run(createService, { name: `service-${n}` }),
  targetGroups: (s) => (n) => s.run(createTargetGroup, { name: `group-${n}`, type: 'LAMBDA' }),
  targetGroupsPerService(s) {
    const place = makeListener(s);
    return (n) => {
      const targetGroupIdentifier = s.run(createTargetGroup, { name: `group-${n}`, type: 'LAMBDA' }).id;
      const action = { kind: 'forward', targetGroups: [{ targetGroupIdentifier }] } as const;
      // A second rule to the same group counts nothing.
      for (const priority of [2 * n + 1, 2 * n + 2])
        s.run(createRule, { ...place, name: `rule-${priority}`, priority, match: {}, action });
    };
  },
  targetsPerTargetGroup(s) {
    const config = { protocol: 'HTTP', vpcIdentifier: makeVpc(s, 0) } as const;
    const targetGroupIdentifier = s.run(createTargetGroup, { name: 'group', type: 'IP', config }).id;
    return (n) => s.run(registerTargets, { targetGroupIdentifier, targets: [{ id: `10.0.1.${n + 1}` }] });
  },
  users: (s) => (n) => s.run(createUser, { name: `user-${n}` }),
  vpcAssociationsPerNetwork(s) {
    const serviceNetworkIdentifier = s.run(createServiceNetwork, { name: 'main' }).id;
    return (n) => s.run(createVpcAssociation, { serviceNetworkIdentifier, vpcIdentifier: makeVpc(s, n) });
  },
  vpcsPerZone(s) {
    const vpc = (n: number) => ({ vpcId: makeVpc(s, n), region: 'us-east-1' });
    const made = { name: 'corp.example', callerReference: 'one', vpc: vpc(0) };
    const { id } = s.run(createHostedZone, made).zone;
    return (n) => (n === 0 ? undefined : s.run(associateVpc, { id, vpc: vpc(n) }));
  },
};

test('every quota admits as many as it says, and refuses the next with its code', () => {
  const codes = new Set<string>();
  for (const [name, maker] of Object.entries(makers)) {
    const scenario = createScenario();
    const quotas: QuotaLimits = { ...usualQuotas, [name]: 3 };
    scenario.quotas = quotas;
    const make = maker(scenario);
    for (let n = 0; n < 3; n++) make(n);
    assert.throws(
      () => make(3),
      (error) => {
        assert.ok(error instanceof Refusal, `${name}: ${String(error)}`);
        // Those of IAM and Route 53 name no code.
        if (error.detail.kind === 'Route53')
          return codes.add(name) && /^Cannot exceed quota for [\w ]+: 3$/.test(error.message);
        if (error.detail.kind === 'Iam')
          return codes.add(name) && /^Cannot exceed quota for \w+: 3$/.test(error.message);
        assert.ok(error.detail.kind === 'ServiceQuotaExceeded', `${name}: ${String(error)}`);
        assert.equal(error.detail.serviceCode, 'vpc-lattice');
        codes.add(error.detail.quotaCode);
        return /quota of 3/.test(error.message);
      },
      name,
    );
  }
  assert.equal(codes.size, Object.keys(awsQuotas).length, 'two quotas have one code');
});

test('the usual quotas are ten times those of AWS', () => {
  for (const name of Object.keys(awsQuotas) as QuotaName[]) assert.equal(usualQuotas[name], 10 * awsQuotas[name]);
  assert.equal(awsQuotas.listenersPerService, 2);
});
