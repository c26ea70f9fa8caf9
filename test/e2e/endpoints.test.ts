// VPC endpoints of type ServiceNetwork in traffic: own addresses and names, own security groups, two networks in one VPC.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointAssociationsCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcEndpointCommand,
} from '@aws-sdk/client-ec2';
import { PutAuthPolicyCommand, UpdateServiceCommand, GetServiceNetworkCommand } from '@aws-sdk/client-vpc-lattice';
import { configuredId } from '../../src/domain/ec2/index.ts';
import type { TestServer } from '../server.ts';
import { TestClient } from '../workload-programs.ts';
import { ofEveryKind, onEveryAttachment } from './attachments.ts';
import { enter, eventually, given, listenerPort, makeListener, makeNetwork, makeService, offer } from './scenario.ts';

const configuration = `
vpcs:
  - name: ends
    cidrs: [10.0.0.0/16]
    subnets: [{ cidr: 10.0.1.0/24, zone: us-east-1a }, { cidr: 10.0.2.0/24, zone: us-east-1b }]
    securityGroups:
      - { name: all, ingress: [{ cidrs: [10.0.0.0/16] }] }
      - { name: nobody, ingress: [{ cidrs: [192.0.2.0/24] }] }
`;
const owner = { account: '123456789012', region: 'us-east-1' };
const vpcId = configuredId('vpc', owner, 'ends');
const group = (name: string): string => configuredId('sg', owner, 'ends', name);

/** Makes an endpoint in every subnet of the VPC and waits until it is available; its id. */
async function makeEndpoint({ ec2, lattice }: TestServer, serviceNetworkIdentifier: string): Promise<string> {
  const { arn } = await lattice.send(new GetServiceNetworkCommand({ serviceNetworkIdentifier }));
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpcId] }] }),
  );
  const { VpcEndpoint } = await ec2.send(
    new CreateVpcEndpointCommand({
      ...{ VpcId: vpcId, VpcEndpointType: 'ServiceNetwork', ServiceNetworkArn: arn },
      SubnetIds: Subnets.map(({ SubnetId }) => given(SubnetId)),
      SecurityGroupIds: [group('all')],
    }),
  );
  const id = given(VpcEndpoint?.VpcEndpointId);
  await eventually('the endpoint is available', async () => {
    const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    return String(VpcEndpoints[0]?.State) === 'available';
  });
  return id;
}

/** The names of what is behind an endpoint, by the ARN of the service. */
async function namesThrough({ ec2 }: TestServer, id: string): Promise<ReadonlyMap<string, string>> {
  const { VpcEndpointAssociations = [] } = await ec2.send(
    new DescribeVpcEndpointAssociationsCommand({ VpcEndpointIds: [id] }),
  );
  return new Map(
    VpcEndpointAssociations.map((one) => [given(one.AssociatedResourceArn), given(one.DnsEntry?.DnsName)]),
  );
}

onEveryAttachment({ workers: 1, configuration }, [
  {
    name: 'a VPC reaches one network by its association and two others by endpoints, at addresses of its own',
    runs: ofEveryKind,
    enforces: ['CreateServiceNetworkServiceAssociation'],
    async run(server) {
      const { ec2 } = server;
      const [network, second, third] = [
        await makeNetwork(server),
        await makeNetwork(server),
        await makeNetwork(server),
      ];
      const services = [];
      for (const [at, statusCode] of [
        [network, 404],
        [second, 404],
        [third, 500],
      ] as const) {
        const service = await makeService(server);
        await makeListener(server, service.id, { fixedResponse: { statusCode } });
        await offer(server, service.id, at);
        services.push(service);
      }
      await enter(server, vpcId, network);
      const [own, one, two] = services.map(given);
      const ids = [await makeEndpoint(server, second), await makeEndpoint(server, third)] as const;
      const nameOne = given((await namesThrough(server, ids[0])).get(given(one).arn));
      const nameTwo = given((await namesThrough(server, ids[1])).get(given(two).arn));
      await using client = TestClient.start(server, { vpc: 'ends', address: '10.0.1.200' });
      const status = async (name: string): Promise<number> =>
        (await client.request({ name, port: listenerPort })).status;
      assert.equal(await status(given(own).dnsName), 404);
      assert.equal(await status(nameOne), 404);
      assert.equal(await status(nameTwo), 500);
      const addresses = await client.resolve(nameOne);
      assert.equal(addresses.length, 2, 'one in each subnet');
      const range = server.attach === 'loopback' ? /^127\.\d+\.[12]\.\d+$/ : /^10\.0\.[12]\.\d+$/;
      for (const address of addresses) {
        assert.match(address, range);
        assert.equal((await client.request({ name: nameOne, address, port: listenerPort })).status, 404);
        // Its own name is known behind its door too, for those who have it lead here.
        const asked = { name: given(one).dnsName, address, port: listenerPort };
        assert.equal((await client.request(asked)).status, 404);
      }
      await assert.rejects(client.resolve(given(one).dnsName), /ENOTFOUND/);

      // The policy of a service sees the VPC of the endpoint.
      const { arn, id: serviceIdentifier } = given(two);
      const allow = (vpc: string): string =>
        JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              ...{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
              Condition: { StringEquals: { 'vpc-lattice-svcs:SourceVpc': vpc } },
            },
          ],
        });
      await server.lattice.send(new UpdateServiceCommand({ serviceIdentifier, authType: 'AWS_IAM' }));
      for (const [vpc, expected] of [
        [vpcId, 500],
        ['vpc-00000000000000000', 403],
      ] as const) {
        await server.lattice.send(new PutAuthPolicyCommand({ resourceIdentifier: arn, policy: allow(vpc) }));
        await server.obeyed();
        assert.equal(await status(nameTwo), expected);
      }

      // Its groups are its own.
      const blocked = async (): Promise<boolean> => {
        const asked = client.request({ name: nameOne, address: given(addresses[0]), port: listenerPort });
        const answered = asked.then(
          () => false,
          () => true,
        );
        return await Promise.race([answered, sleep(1500, true)]);
      };
      const swap = (add: string, remove: string) =>
        ec2.send(
          new ModifyVpcEndpointCommand({
            VpcEndpointId: ids[0],
            AddSecurityGroupIds: [group(add)],
            RemoveSecurityGroupIds: [group(remove)],
          }),
        );
      await swap('nobody', 'all');
      await server.obeyed();
      await eventually('the endpoint takes nobody', blocked);
      assert.equal(await status(given(own).dnsName), 404);
      await eventually('the endpoint is available', async () => {
        const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [ids[0]] }));
        return String(VpcEndpoints[0]?.State) === 'available';
      });
      await swap('all', 'nobody');
      await server.obeyed();
      assert.equal(await status(nameOne), 404);

      await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [...ids] }));
      await eventually('the endpoints are gone', async () => {
        const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({}));
        return VpcEndpoints.length === 0;
      });
      assert.equal(await blocked(), true);
      await assert.rejects(client.resolve(nameOne), /ENOTFOUND/);
      assert.equal(await status(given(own).dnsName), 404);
    },
  },
]);
