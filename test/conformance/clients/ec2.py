"""Every operation of EC2 that is implemented, through boto3, whose reader of XML is not that of the JavaScript SDK.

The endpoint and the keys come from the environment. At the end the names of the operations that were called go to standard output, a JSON list.
"""

import json
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

called = set()


def record(model, **_):
    called.add(model.name)


config = Config(retries={"total_max_attempts": 1})
ec2 = boto3.client("ec2", config=config)
ec2.meta.events.register("before-parameter-build.ec2", record)


def refused(code, call, status=400):
    try:
        call()
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status, error.response
        return
    raise AssertionError(f"{code} was expected")


def by(name, *values):
    return [{"Name": name, "Values": list(values)}]


tags = [{"Key": "Name", "Value": "a <b> & \"c\" ü"}, {"Key": "empty", "Value": ""}]
vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])["Vpc"]
vpc_id = vpc["VpcId"]
assert sorted(vpc["Tags"], key=lambda tag: tag["Key"]) == tags, vpc
assert vpc["IsDefault"] is False and vpc["CidrBlockAssociationSet"][0]["CidrBlockState"]["State"] == "associated", vpc
ec2.get_waiter("vpc_available").wait(VpcIds=[vpc_id], WaiterConfig={"Delay": 1})
refused("DryRunOperation", lambda: ec2.create_vpc(CidrBlock="10.7.0.0/16", DryRun=True), 412)
refused("InvalidVpc.Range", lambda: ec2.create_vpc(CidrBlock="10.0.0.0/8"))
subnets = [
    ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.7.{n}.0/24", AvailabilityZone="us-east-1b")["Subnet"]["SubnetId"]
    for n in range(7)
]
pages = ec2.get_paginator("describe_subnets").paginate(
    Filters=by("vpc-id", vpc_id), PaginationConfig={"PageSize": 5}
)
sizes = [len(page["Subnets"]) for page in pages]
assert sizes == [5, 2], sizes
[first] = ec2.describe_subnets(SubnetIds=subnets[:1])["Subnets"]
assert (first["AvailabilityZoneId"], first["AvailableIpAddressCount"]) == ("use1-az2", 251), first
refused("InvalidSubnetID.NotFound", lambda: ec2.describe_subnets(SubnetIds=["subnet-00000000"]))

[route_table] = ec2.describe_route_tables(Filters=by("vpc-id", vpc_id))["RouteTables"]
assert route_table["Associations"][0]["Main"] is True, route_table
assert route_table["Routes"] == [
    {"DestinationCidrBlock": "10.7.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"}
], route_table
[acl] = ec2.describe_network_acls(Filters=by("vpc-id", vpc_id))["NetworkAcls"]
assert acl["IsDefault"] is True and len(acl["Associations"]) == 7, acl
assert sorted(entry["RuleNumber"] for entry in acl["Entries"]) == [100, 100, 32767, 32767], acl
assert ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute="enableDnsSupport")["EnableDnsSupport"]["Value"] is True

[group] = ec2.describe_security_groups(Filters=by("group-name", "web"))["SecurityGroups"]
assert group["IpPermissions"][0]["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}], group
[own] = ec2.describe_security_groups(Filters=by("vpc-id", vpc_id))["SecurityGroups"]
assert own["GroupName"] == "default" and own["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == own["GroupId"], own
rules = ec2.describe_security_group_rules(Filters=by("group-id", group["GroupId"]))["SecurityGroupRules"]
[rule] = [one for one in rules if not one["IsEgress"]]
assert (rule["FromPort"], rule["CidrIpv4"], rule["IpProtocol"]) == (80, "0.0.0.0/0", "tcp"), rule
refused("InvalidGroup.NotFound", lambda: ec2.describe_security_groups(GroupIds=["sg-00000000"]))

name = "com.amazonaws.us-east-1.vpc-lattice"
[prefixes] = ec2.describe_managed_prefix_lists(Filters=by("prefix-list-name", name))["PrefixLists"]
entries = ec2.get_managed_prefix_list_entries(PrefixListId=prefixes["PrefixListId"])["Entries"]
assert {"Cidr": "169.254.171.0/24"} in entries, entries
[old] = ec2.describe_prefix_lists(PrefixListIds=[prefixes["PrefixListId"]])["PrefixLists"]
assert sorted(old["Cidrs"]) == sorted(entry["Cidr"] for entry in entries), old

assert [region["RegionName"] for region in ec2.describe_regions()["Regions"]] == ["us-east-1"]
zones = ec2.describe_availability_zones()["AvailabilityZones"]
assert [zone["ZoneId"] for zone in zones] == ["use1-az1", "use1-az2", "use1-az3"], zones
[platforms] = ec2.describe_account_attributes(AttributeNames=["supported-platforms"])["AccountAttributes"]
assert platforms["AttributeValues"] == [{"AttributeValue": "VPC"}], platforms

ec2.create_tags(Resources=[vpc_id, subnets[0]], Tags=[{"Key": "team", "Value": "a"}])
found = ec2.describe_tags(Filters=by("key", "team"))["Tags"]
assert sorted(tag["ResourceType"] for tag in found) == ["subnet", "vpc"], found
ec2.delete_tags(Resources=[vpc_id, subnets[0]], Tags=[{"Key": "team"}])
assert ec2.describe_tags(Filters=by("key", "team"))["Tags"] == []
refused("InvalidID", lambda: ec2.create_tags(Resources=["x-1"], Tags=tags))

refused("DependencyViolation", lambda: ec2.delete_vpc(VpcId=vpc_id))
for subnet in subnets:
    ec2.delete_subnet(SubnetId=subnet)
ec2.delete_vpc(VpcId=vpc_id)
refused("InvalidVpcID.NotFound", lambda: ec2.describe_vpcs(VpcIds=[vpc_id]))

# What stands in a VPC: groups and lists, interfaces and instances, what is only kept, endpoints.
vpc_id = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
a, b = (
    ec2.create_subnet(VpcId=vpc_id, CidrBlock=f"10.8.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"]
    for n, zone in enumerate("ab")
)
ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
ec2.modify_subnet_attribute(SubnetId=a, MapPublicIpOnLaunch={"Value": True})
[shown] = ec2.describe_subnets(SubnetIds=[a])["Subnets"]
assert shown["MapPublicIpOnLaunch"] is True, shown

group_id = ec2.create_security_group(VpcId=vpc_id, GroupName="made", Description="made here")["GroupId"]
entries = [{"Cidr": "10.0.0.0/8", "Description": "ours"}]
offices = ec2.create_managed_prefix_list(
    PrefixListName="offices", MaxEntries=3, AddressFamily="IPv4", Entries=entries
)["PrefixList"]["PrefixListId"]
ec2.modify_managed_prefix_list(PrefixListId=offices, CurrentVersion=1, AddEntries=[{"Cidr": "192.0.2.0/24"}])
ec2.restore_managed_prefix_list_version(PrefixListId=offices, PreviousVersion=1, CurrentVersion=2)
kept = ec2.get_managed_prefix_list_entries(PrefixListId=offices)["Entries"]
assert kept == entries, kept
web = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
permission = {**web, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "in"}], "PrefixListIds": [{"PrefixListId": offices}]}
made = ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[permission])["SecurityGroupRules"]
assert sorted(("CidrIpv4" in rule, "PrefixListId" in rule) for rule in made) == [(False, True), (True, False)], made
refused("InvalidPermission.Duplicate", lambda: ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[permission]))
out = ec2.authorize_security_group_egress(GroupId=group_id, IpPermissions=[{**web, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}])
[egress] = out["SecurityGroupRules"]
ingress = next(rule for rule in made if "CidrIpv4" in rule)["SecurityGroupRuleId"]
ec2.modify_security_group_rules(
    GroupId=group_id,
    SecurityGroupRules=[
        {"SecurityGroupRuleId": ingress, "SecurityGroupRule": {**web, "ToPort": 81, "CidrIpv4": "10.2.0.0/16"}}
    ],
)
described = [{"SecurityGroupRuleId": ingress, "Description": "told"}]
ec2.update_security_group_rule_descriptions_ingress(GroupId=group_id, SecurityGroupRuleDescriptions=described)
ec2.update_security_group_rule_descriptions_egress(
    GroupId=group_id,
    SecurityGroupRuleDescriptions=[{"SecurityGroupRuleId": egress["SecurityGroupRuleId"], "Description": "out"}],
)
[changed] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[ingress])["SecurityGroupRules"]
assert (changed["ToPort"], changed["CidrIpv4"], changed["Description"]) == (81, "10.2.0.0/16", "told"), changed
ec2.revoke_security_group_egress(GroupId=group_id, SecurityGroupRuleIds=[egress["SecurityGroupRuleId"]])
ec2.revoke_security_group_ingress(GroupId=group_id, SecurityGroupRuleIds=[ingress])
assert group_id in [one["GroupId"] for one in ec2.get_security_groups_for_vpc(VpcId=vpc_id)["SecurityGroupForVpcs"]]
ec2.describe_security_group_references(GroupId=[group_id])

interface = ec2.create_network_interface(SubnetId=a, Groups=[group_id], Description="one")["NetworkInterface"]
eni = interface["NetworkInterfaceId"]
added = ec2.assign_private_ip_addresses(NetworkInterfaceId=eni, SecondaryPrivateIpAddressCount=1)
[second] = [one["PrivateIpAddress"] for one in added["AssignedPrivateIpAddresses"]]
ec2.unassign_private_ip_addresses(NetworkInterfaceId=eni, PrivateIpAddresses=[second])
ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Description={"Value": "two"})
[shown] = ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"]
assert (shown["Description"], shown["Status"], len(shown["PrivateIpAddresses"])) == ("two", "available", 1), shown
[machine] = ec2.run_instances(ImageId="ami-00000000000000001", MinCount=1, MaxCount=1, SubnetId=a, SecurityGroupIds=[group_id])["Instances"]
instance = machine["InstanceId"]
assert machine["PrivateIpAddress"].startswith("10.8.0."), machine
attached = ec2.attach_network_interface(NetworkInterfaceId=eni, InstanceId=instance, DeviceIndex=1)["AttachmentId"]
ec2.detach_network_interface(AttachmentId=attached)
ec2.delete_network_interface(NetworkInterfaceId=eni)
ec2.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": False})
ec2.modify_instance_metadata_options(InstanceId=instance, HttpTokens="required")
assert ec2.describe_instance_attribute(InstanceId=instance, Attribute="instanceType")["InstanceType"]["Value"]
ec2.reboot_instances(InstanceIds=[instance])
[status] = ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"]
assert status["InstanceState"]["Name"] == "running", status
ec2.stop_instances(InstanceIds=[instance])
ec2.start_instances(InstanceIds=[instance])
[reservation] = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
assert reservation["Instances"][0]["State"]["Name"] == "running", reservation
ec2.describe_instance_types(InstanceTypes=["t3.micro"])
ec2.describe_instance_credit_specifications(InstanceIds=[instance])
ec2.describe_images(ImageIds=["ami-00000000000000001"])
ec2.describe_volumes()
ec2.describe_flow_logs()
iam = boto3.client("iam", config=config)
trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
for name in ("of-ec2-one", "of-ec2-two"):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
worn = ec2.associate_iam_instance_profile(InstanceId=instance, IamInstanceProfile={"Name": "of-ec2-one"})
worn = ec2.replace_iam_instance_profile_association(
    AssociationId=worn["IamInstanceProfileAssociation"]["AssociationId"], IamInstanceProfile={"Name": "of-ec2-two"}
)["IamInstanceProfileAssociation"]
[shown] = ec2.describe_iam_instance_profile_associations(AssociationIds=[worn["AssociationId"]])[
    "IamInstanceProfileAssociations"
]
assert (shown["State"], shown["InstanceId"]) == ("associated", instance), shown
assert shown["IamInstanceProfile"]["Arn"].endswith(":instance-profile/of-ec2-two"), shown
ec2.disassociate_iam_instance_profile(AssociationId=worn["AssociationId"])
refused(
    "InvalidParameterValue",
    lambda: ec2.associate_iam_instance_profile(InstanceId=instance, IamInstanceProfile={"Name": "absent"}),
)
for name in ("of-ec2-one", "of-ec2-two"):
    iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=name)
    iam.delete_instance_profile(InstanceProfileName=name)
    iam.delete_role(RoleName=name)

gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
[shown] = ec2.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"]
assert shown["Attachments"][0]["VpcId"] == vpc_id, shown
outward = ec2.create_egress_only_internet_gateway(VpcId=vpc_id)["EgressOnlyInternetGateway"]
outward_id = outward["EgressOnlyInternetGatewayId"]
assert len(ec2.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"]) >= 1
elastic = ec2.allocate_address(Domain="vpc")["AllocationId"]
association = ec2.associate_address(AllocationId=elastic, InstanceId=instance)["AssociationId"]
[shown] = ec2.describe_addresses(AllocationIds=[elastic])["Addresses"]
assert shown["InstanceId"] == instance, shown
ec2.describe_addresses_attribute(AllocationIds=[elastic], Attribute="domain-name")
ec2.disassociate_address(AssociationId=association)
nat = ec2.create_nat_gateway(SubnetId=a, AllocationId=elastic)["NatGateway"]["NatGatewayId"]
[shown] = ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
assert shown["State"] in ("pending", "available"), shown

table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
here = ec2.associate_route_table(RouteTableId=table, SubnetId=a)["AssociationId"]
other = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
there = ec2.replace_route_table_association(AssociationId=here, RouteTableId=other)["NewAssociationId"]
ec2.disassociate_route_table(AssociationId=there)
ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
for one in (table, other):
    ec2.delete_route_table(RouteTableId=one)
ec2.delete_nat_gateway(NatGatewayId=nat)

acl = ec2.create_network_acl(VpcId=vpc_id)["NetworkAcl"]["NetworkAclId"]
entry = {"NetworkAclId": acl, "RuleNumber": 100, "Egress": False, "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}
ec2.create_network_acl_entry(**entry, RuleAction="allow")
ec2.replace_network_acl_entry(**entry, RuleAction="deny")
[first_acl] = ec2.describe_network_acls(Filters=[*by("vpc-id", vpc_id), *by("default", "true")])["NetworkAcls"]
held = next(one for one in first_acl["Associations"] if one["SubnetId"] == b)
moved = ec2.replace_network_acl_association(AssociationId=held["NetworkAclAssociationId"], NetworkAclId=acl)
ec2.replace_network_acl_association(AssociationId=moved["NewAssociationId"], NetworkAclId=first_acl["NetworkAclId"])
ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False)
ec2.delete_network_acl(NetworkAclId=acl)

options = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["corp.example"]}])["DhcpOptions"]
ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"], VpcId=vpc_id)
[shown] = ec2.describe_dhcp_options(DhcpOptionsIds=[options["DhcpOptionsId"]])["DhcpOptions"]
assert shown["DhcpConfigurations"] == [{"Key": "domain-name", "Values": [{"Value": "corp.example"}]}], shown
ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc_id)
ec2.delete_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"])

# On loopback a VPC has one range.
refused("InvalidVpc.Range", lambda: ec2.associate_vpc_cidr_block(VpcId=vpc_id, CidrBlock="10.9.0.0/16"))
six = ec2.associate_vpc_cidr_block(VpcId=vpc_id, AmazonProvidedIpv6CidrBlock=True)["Ipv6CidrBlockAssociation"]
[shown] = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
[block] = [one["Ipv6CidrBlock"] for one in shown["Ipv6CidrBlockAssociationSet"]]
mine = ec2.associate_subnet_cidr_block(SubnetId=b, Ipv6CidrBlock=block.replace("/56", "/64"))["Ipv6CidrBlockAssociation"]
ec2.disassociate_subnet_cidr_block(AssociationId=mine["AssociationId"])
ec2.disassociate_vpc_cidr_block(AssociationId=six["AssociationId"])

network = boto3.client("vpc-lattice", config=config).create_service_network(name="ec2-reaches")
wish = {"VpcId": vpc_id, "VpcEndpointType": "ServiceNetwork", "ServiceNetworkArn": network["arn"], "SubnetIds": [b]}
endpoint = ec2.create_vpc_endpoint(**wish, SecurityGroupIds=[group_id])["VpcEndpoint"]["VpcEndpointId"]
[shown] = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
assert (shown["State"], shown["Groups"][0]["GroupId"]) in (("pending", group_id), ("available", group_id)), shown
assert ec2.describe_vpc_endpoint_associations(VpcEndpointIds=[endpoint])["VpcEndpointAssociations"] == []


def settle():
    for _ in range(600):
        if ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]["State"] == "available":
            return
        time.sleep(0.1)
    raise AssertionError("the endpoint did not become available")


settle()
[default] = ec2.describe_security_groups(Filters=[*by("vpc-id", vpc_id), *by("group-name", "default")])["SecurityGroups"]
ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, AddSecurityGroupIds=[default["GroupId"]])
settle()
assert ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"] == []
for _ in range(100):
    if ec2.describe_vpc_endpoints(Filters=by("vpc-endpoint-id", endpoint))["VpcEndpoints"] == []:
        break
    time.sleep(0.1)

ec2.terminate_instances(InstanceIds=[instance])
ec2.release_address(AllocationId=elastic)
ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
ec2.delete_internet_gateway(InternetGatewayId=gateway)
ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=outward_id)
ec2.delete_security_group(GroupId=group_id)
ec2.delete_managed_prefix_list(PrefixListId=offices)
for subnet in (a, b):
    ec2.delete_subnet(SubnetId=subnet)
ec2.delete_vpc(VpcId=vpc_id)
assert ec2.create_default_vpc()["Vpc"]["IsDefault"] is True

print(json.dumps(sorted(called)))
