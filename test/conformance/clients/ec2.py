"""Every operation of EC2 that is implemented, through boto3, whose reader of XML is not that of the JavaScript SDK.

The endpoint and the keys come from the environment. At the end the names of the operations that were called go to standard output, a JSON list.
"""

import json

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
assert ec2.describe_security_groups(Filters=by("vpc-id", vpc_id))["SecurityGroups"] == []
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

print(json.dumps(sorted(called)))
