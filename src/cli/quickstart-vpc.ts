// What the quickstart makes in the VPC of its clients: a private hosted zone with a name for the service, and a security group that is closed and then opened.

import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListHostedZonesByVPCCommand,
  VPCRegion,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import { UpdateServiceNetworkVpcAssociationCommand, type VPCLatticeClient } from '@aws-sdk/client-vpc-lattice';

/** Clients of the server's API. `obeyed` resolves when the data plane obeys what they have changed. */
export interface QuickstartClients {
  readonly lattice: VPCLatticeClient;
  readonly ec2: EC2Client;
  readonly route53: Route53Client;
  readonly obeyed: () => Promise<void>;
}

/** Where a security group has its effect: at a client, or (on loopback, where nothing stands around clients) at the VPC's association. */
export type GroupPlace =
  | { readonly kind: 'client' }
  | { readonly kind: 'association'; readonly id: string; readonly range: string };

/** Makes `name` lead to the service in the VPC, by an alias of a private hosted zone. */
export async function nameService(
  { route53, obeyed }: QuickstartClients,
  vpc: { readonly id: string; readonly region: string },
  name: string,
  service: { readonly domainName: string; readonly hostedZoneId: string },
): Promise<void> {
  const region = Object.values(VPCRegion).find((one) => one === vpc.region);
  if (region === undefined) throw new Error(`${vpc.region} is no region of Route 53`);
  const place = { VPCId: vpc.id, VPCRegion: region };
  const zoneName = name.slice(name.indexOf('.') + 1);
  const { HostedZoneSummaries = [] } = await route53.send(new ListHostedZonesByVPCCommand(place));
  const HostedZoneId =
    HostedZoneSummaries.find((zone) => zone.Name === `${zoneName}.`)?.HostedZoneId ??
    (
      await route53.send(
        new CreateHostedZoneCommand({ Name: zoneName, CallerReference: `quickstart of ${vpc.id}`, VPC: place }),
      )
    ).HostedZone?.Id;
  const AliasTarget = {
    ...{ HostedZoneId: service.hostedZoneId, DNSName: service.domainName },
    EvaluateTargetHealth: false,
  };
  const ResourceRecordSet = { Name: name, Type: 'A', AliasTarget } as const;
  await route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId,
      ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] },
    }),
  );
  await obeyed();
}

/** Makes a security group without rules, or takes them all from the one that is there; its id. */
export async function closeGroup(
  { ec2, lattice, obeyed }: QuickstartClients,
  VpcId: string,
  GroupName: string,
  place: GroupPlace,
): Promise<string> {
  const Filters = [
    { Name: 'vpc-id', Values: [VpcId] },
    { Name: 'group-name', Values: [GroupName] },
  ];
  const { SecurityGroups: [known] = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  const GroupId =
    known?.GroupId ??
    (await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName, Description: 'of the quickstart' }))).GroupId ??
    '';
  const { SecurityGroupRules = [] } = await ec2.send(
    new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [GroupId] }] }),
  );
  const ids = (egress: boolean): string[] =>
    SecurityGroupRules.flatMap((rule) => (rule.IsEgress === egress ? [rule.SecurityGroupRuleId ?? ''] : []));
  const [out, into] = [ids(true), ids(false)];
  if (out.length > 0) await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, SecurityGroupRuleIds: out }));
  if (into.length > 0) await ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: into }));
  if (place.kind === 'association')
    await lattice.send(
      new UpdateServiceNetworkVpcAssociationCommand({
        ...{ serviceNetworkVpcAssociationIdentifier: place.id, securityGroupIds: [GroupId] },
      }),
    );
  await obeyed();
  return GroupId;
}

/** Opens the group to what its place speaks with, on one port; the name of that. */
export async function openGroup(
  { ec2, obeyed }: QuickstartClients,
  GroupId: string,
  place: GroupPlace,
  port: number,
): Promise<string> {
  const ports = { IpProtocol: 'tcp', FromPort: port, ToPort: port };
  if (place.kind === 'client') {
    const Filters = [{ Name: 'prefix-list-name', Values: ['com.amazonaws.*.vpc-lattice'] }];
    const { PrefixLists: [list] = [] } = await ec2.send(new DescribeManagedPrefixListsCommand({ Filters }));
    const IpPermissions = [{ ...ports, PrefixListIds: [{ PrefixListId: list?.PrefixListId }] }];
    await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
    await obeyed();
    return `the prefix list ${list?.PrefixListName}`;
  }
  const IpPermissions = [{ ...ports, IpRanges: [{ CidrIp: place.range }] }];
  await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  await obeyed();
  return place.range;
}
