// The way of a client to a service in another VPC, from nothing to an answer: each thing that is missing refuses the request in its own way.

import assert from 'node:assert/strict';
import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeManagedPrefixListsCommand,
  RevokeSecurityGroupEgressCommand,
  RunInstancesCommand,
  type IpPermission,
} from '@aws-sdk/client-ec2';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  waitUntilResourceRecordSetsChanged,
} from '@aws-sdk/client-route-53';
import {
  CreateServiceCommand,
  CreateServiceNetworkVpcAssociationCommand,
  CreateTargetGroupCommand,
  GetServiceCommand,
  GetServiceNetworkVpcAssociationCommand,
  ListTargetsCommand,
  PutAuthPolicyCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-vpc-lattice';
import type { Explanation, Step } from '../../src/explain/index.ts';
import { signHeaders } from '../../src/sigv4/index.ts';
import type { Answer, RequestSpec } from '../programs/messages.ts';
import { runPergola, type TestServer } from '../server.ts';
import { startTarget, TestClient } from '../workload-programs.ts';
import { onEveryAttachment } from './attachments.ts';
import { awaitHealthy, eventually, forward, given, makeListener, makeNetwork, offer, unique } from './scenario.ts';

/** The same in both VPCs, for client and target. */
const place = { range: '10.0.0.0/16', subnet: '10.0.1.0/24', address: '10.0.1.10' };

/** The listener's: what a URL without a port means. */
const port = 80;
const targetPort = 8080;

/** Source addresses of what the data plane sends to targets. */
const managed = /^169\.254\.(19[2-9]|2[01]\d|22[0-3])\.\d+$/;

const document = (Statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement });

/** A VPC with one machine. */
interface Side {
  readonly vpc: string;
  /** A security group that lets nothing in and nothing out. */
  readonly group: string;
  /** A record at 10.0.1.10 that is in the group. */
  readonly instance: string;
}

async function makeClosedGroup({ ec2 }: TestServer, VpcId: string): Promise<string> {
  const GroupName = unique('closed');
  const made = await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName, Description: 'of a test' }));
  const GroupId = given(made.GroupId);
  const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
  await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
  return GroupId;
}

async function makeSide(server: TestServer): Promise<Side> {
  const { ec2 } = server;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: place.range }));
  const vpc = given(Vpc?.VpcId);
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpc, CidrBlock: place.subnet }));
  const group = await makeClosedGroup(server, vpc);
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ...{ ImageId: 'ami-00000000', InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 },
      ...{ SubnetId: given(Subnet?.SubnetId), PrivateIpAddress: place.address, SecurityGroupIds: [group] },
    }),
  );
  return { vpc, group, instance: given(Instances[0]?.InstanceId) };
}

/** Lets the group's members speak with the addresses of the service networks; the rule's id. */
async function openToManaged({ ec2 }: TestServer, way: 'in' | 'out', GroupId: string, onPort: number): Promise<string> {
  const Filters = [{ Name: 'prefix-list-name', Values: ['com.amazonaws.us-east-1.vpc-lattice'] }];
  const { PrefixLists = [] } = await ec2.send(new DescribeManagedPrefixListsCommand({ Filters }));
  const permission: IpPermission = {
    ...{ IpProtocol: 'tcp', FromPort: onPort, ToPort: onPort },
    PrefixListIds: [{ PrefixListId: given(PrefixLists[0]?.PrefixListId) }],
  };
  const wish = { GroupId, IpPermissions: [permission] };
  const { SecurityGroupRules = [] } = await (way === 'in'
    ? ec2.send(new AuthorizeSecurityGroupIngressCommand(wish))
    : ec2.send(new AuthorizeSecurityGroupEgressCommand(wish)));
  return given(SecurityGroupRules[0]?.SecurityGroupRuleId);
}

/** Associates the VPC behind a group that takes what the group of the clients sends; the rule's id. */
async function enterBehindGroup(server: TestServer, client: Side, network: string): Promise<string> {
  const { ec2, lattice } = server;
  const GroupId = await makeClosedGroup(server, client.vpc);
  const permission: IpPermission = {
    ...{ IpProtocol: 'tcp', FromPort: port, ToPort: port },
    UserIdGroupPairs: [{ GroupId: client.group }],
  };
  const { SecurityGroupRules = [] } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [permission] }),
  );
  const { id } = await lattice.send(
    new CreateServiceNetworkVpcAssociationCommand({
      ...{ vpcIdentifier: client.vpc, serviceNetworkIdentifier: network, securityGroupIds: [GroupId] },
    }),
  );
  await eventually('the VPC association is ACTIVE', async () => {
    const wish = { serviceNetworkVpcAssociationIdentifier: id };
    return (await lattice.send(new GetServiceNetworkVpcAssociationCommand(wish))).status === 'ACTIVE';
  });
  return given(SecurityGroupRules[0]?.SecurityGroupRuleId);
}

/** A private zone of the VPC in which `name` is an alias of the service. */
async function makeName({ route53, lattice }: TestServer, vpc: string, name: string, service: string): Promise<void> {
  const { dnsEntry } = await lattice.send(new GetServiceCommand({ serviceIdentifier: service }));
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({
      Name: name.slice(name.indexOf('.') + 1),
      CallerReference: unique('zone'),
      VPC: { VPCId: vpc, VPCRegion: 'us-east-1' },
    }),
  );
  const AliasTarget = {
    HostedZoneId: given(dnsEntry?.hostedZoneId),
    DNSName: given(dnsEntry?.domainName),
    EvaluateTargetHealth: false,
  };
  const { ChangeInfo } = await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: given(HostedZone?.Id),
      ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet: { Name: name, Type: 'A', AliasTarget } }] },
    }),
  );
  await waitUntilResourceRecordSetsChanged(
    { client: route53, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { Id: given(ChangeInfo?.Id) },
  );
}

/** A request as the role of the client's workload signs it. */
async function sign(client: TestClient, name: string, path: string): Promise<RequestSpec> {
  const { accessKeyId, secretAccessKey: secret, sessionToken } = await client.credentials();
  const headers = new Map([
    ['host', name],
    ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
    ['x-amz-security-token', given(sessionToken)],
  ]);
  const signer = { accessKeyId, secret, region: 'us-east-1', service: 'vpc-lattice-svcs' };
  const added = signHeaders({ method: 'GET', path, query: '', headers }, signer, {
    now: Date.now(),
    bodyHash: 'UNSIGNED-PAYLOAD',
  });
  return { name, port, path, headers: { ...Object.fromEntries(headers), ...added } };
}

onEveryAttachment({ workers: 1, configuration: 'limits: { healthCheckSpeed: 60 }' }, [
  {
    name: 'a client reaches a service by its own name when groups, zone and policies have been opened one after the other, and explain names what is missing',
    runs: {
      ...{ netns: true, userns: true },
      ...{ loopback: 'groups of workloads have no effect there', 'other user': 'it has loopback' },
    },
    async run(server) {
      const { iam, lattice } = server;
      const [near, far, network] = [await makeSide(server), await makeSide(server), await makeNetwork(server)];
      const name = `shop.${unique('corp')}.test`;
      const RoleName = unique('orders');
      const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
      const made = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }));
      const role = given(made.Role?.Arn);

      const service = await lattice.send(
        new CreateServiceCommand({ name: unique('shop'), customDomainName: name, authType: 'AWS_IAM' }),
      );
      const serviceId = given(service.id);
      const policy = document({
        ...{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' } },
        ...{ Action: 'vpc-lattice-svcs:Invoke', Resource: '*' },
      });
      await lattice.send(new PutAuthPolicyCommand({ resourceIdentifier: serviceId, policy }));
      const { id: group = '' } = await lattice.send(
        new CreateTargetGroupCommand({
          ...{ name: unique('group'), type: 'INSTANCE' },
          config: { port: targetPort, protocol: 'HTTP', vpcIdentifier: far.vpc },
        }),
      );
      await using _target = await startTarget(server, { vpc: far.vpc, instance: far.instance }, 'far', targetPort);
      const targets = [{ id: far.instance, port: targetPort }];
      await lattice.send(new RegisterTargetsCommand({ targetGroupIdentifier: group, targets }));
      await makeListener(server, serviceId, forward([group, 1]), port);
      await offer(server, serviceId, network);

      await using client = TestClient.start(server, { vpc: near.vpc, instance: near.instance, role });
      const explain = async (...as: readonly string[]): Promise<Explanation> => {
        const at = ['--vpc', near.vpc, '--address', place.address, ...as];
        const args = ['explain', '--data', server.data, '--json', ...at, 'GET', `http://${name}/orders/1`];
        const { status, stdout, stderr } = await runPergola(server.checkout, args);
        assert.equal(status, 0, stderr);
        return JSON.parse(stdout) as Explanation;
      };
      const ask = async (): Promise<Answer> => client.request(await sign(client, name, '/orders/1'));

      // No zone: nobody knows the name.
      const doorRule = await enterBehindGroup(server, near, network);
      await assert.rejects(client.resolve(name), /ENOTFOUND|ESERVFAIL|EREFUSED|ETIMEOUT/);
      await makeName(server, near.vpc, name, serviceId);
      const addresses = await client.resolve(name);
      assert.deepEqual(addresses, await client.resolve(given(service.dnsEntry?.domainName)));
      assert.match(addresses.join(), /^169\.254\.171\.\d+$/);
      const { steps: afterName } = await explain();
      assert.match(given(stepOf(afterName, 'name').zone).name, /^corp-/);

      // The client's group lets nothing out.
      await assert.rejects(client.request({ name, port, patience: 1500 }), /silent/);
      const shut = await explain();
      assert.deepEqual(stepOf(shut.steps, 'packets').egress, { groups: [near.group], passes: false });
      assert.equal(shut.verdict.kind, 'unreachable', JSON.stringify(shut.verdict));
      const outRule = await openToManaged(server, 'out', near.group, port);
      await server.obeyed();

      // The policies: nobody without a signature, and the role has no right of its own.
      const unsigned = await client.request({ name, port, path: '/orders/1' });
      assert.equal(unsigned.status, 403, unsigned.body);
      const unable = await ask();
      assert.equal(unable.status, 403, unable.body);
      assert.match(unable.body, /is not authorized to perform: vpc-lattice-svcs:Invoke .*identity-based policy/);
      const refused = await explain('--as', role);
      assert.ok(refused.verdict.kind === 'answer' && refused.verdict.status === 403, JSON.stringify(refused.verdict));
      assert.match(refused.verdict.text, /no identity-based policy allows/);
      const packets = stepOf(refused.steps, 'packets');
      assert.deepEqual([packets.egress?.by?.rule.id, packets.ingress?.by?.rule.id], [outRule, doorRule]);
      const may = { Effect: 'Allow', Action: 'vpc-lattice-svcs:Invoke', Resource: `${service.arn}/orders/*` };
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument: document(may) }));

      // The target's group lets nothing in, neither requests nor health checks.
      await eventually('the target is UNHEALTHY', async () => {
        const { items = [] } = await lattice.send(new ListTargetsCommand({ targetGroupIdentifier: group }));
        return items[0]?.status === 'UNHEALTHY';
      });
      const closed = await explain('--as', role);
      assert.deepEqual(packetsAt(closed), { groups: [far.group], passes: false });
      const inRule = await openToManaged(server, 'in', far.group, targetPort);
      await awaitHealthy(server, group);
      await server.obeyed();

      const answer = await ask();
      assert.equal(answer.status, 200, answer.body);
      const seen = JSON.parse(answer.body) as {
        readonly target: string;
        readonly client: string;
        readonly headers: Readonly<Record<string, string>>;
      };
      assert.equal(seen.target, 'far');
      assert.match(seen.client, managed);
      assert.equal(seen.headers['host'], name);
      assert.equal(seen.headers['x-forwarded-for'], place.address);
      assert.equal(seen.headers['x-amzn-source-vpc'], near.vpc);
      assert.match(given(seen.headers['x-amzn-lattice-identity']), new RegExp(`assumed-role/${RoleName}/`));
      const open = await explain('--as', role);
      assert.equal(open.verdict.kind, 'forward', JSON.stringify(open.verdict));
      assert.equal(packetsAt(open)?.by?.rule.id, inRule);
    },
  },
]);

/** The step of a kind, which must be there. */
function stepOf<Kind extends Step['kind']>(steps: readonly Step[], kind: Kind): Extract<Step, { readonly kind: Kind }> {
  const found = steps.find((step): step is Extract<Step, { readonly kind: Kind }> => step.kind === kind);
  assert.ok(found !== undefined, `there is no step ${kind} in ${JSON.stringify(steps)}`);
  return found;
}

/** What the groups of the only target say. */
function packetsAt({ steps }: Explanation) {
  return stepOf(steps, 'targets').targetGroups[0]?.targets[0]?.packets;
}
