"""Every operation of Route 53 that is implemented, through boto3, whose writer and reader of XML are not those of the JavaScript SDK.

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
route53 = boto3.client("route53", config=config)
ec2 = boto3.client("ec2", config=config)
route53.meta.events.register("before-parameter-build.route53", record)


def refused(code, call, status=400, words=""):
    try:
        call()
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status, error.response
        assert words in error.response["Error"]["Message"], error.response
        return
    raise AssertionError(f"{code} was expected")


def change(zone, action, name, kind, *values, **more):
    records = {"TTL": 60, "ResourceRecords": [{"Value": value} for value in values]} if values else {}
    record_set = {"Name": name, "Type": kind, **records, **more}
    batch = {"Comment": "a <b> & ü", "Changes": [{"Action": action, "ResourceRecordSet": record_set}]}
    return route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)["ChangeInfo"]


vpcs = [
    {"VPCRegion": "us-east-1", "VPCId": ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]} for _ in range(2)
]
comment = "a <b> & \"c\" ü"
made = route53.create_hosted_zone(Name="boto.example", CallerReference="b-1", HostedZoneConfig={"Comment": comment})
zone = made["HostedZone"]["Id"]
assert made["HostedZone"]["Config"] == {"Comment": comment, "PrivateZone": False}, made
assert len(made["DelegationSet"]["NameServers"]) == 4 and made["Location"].endswith(zone[len("/hostedzone/"):]), made
info = change(zone, "CREATE", "*.boto.example", "TXT", '"a <b> & ü"')
assert info["Comment"] == "a <b> & ü" and info["SubmittedAt"].tzinfo is not None, info
route53.get_waiter("resource_record_sets_changed").wait(Id=info["Id"], WaiterConfig={"Delay": 1})
change(zone, "UPSERT", "w.boto.example", "A", "192.0.2.1", SetIdentifier="one", Weight=0)
refused("InvalidChangeBatch", lambda: change(zone, "CREATE", "boto.example", "CNAME", "x.example"), words="apex")
refused("InvalidInput", lambda: change(zone, "CREATE", "x.boto.example", "A"), words="but found none")
pages = list(route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone, PaginationConfig={"PageSize": 1}))
sets = [one for page in pages for one in page["ResourceRecordSets"]]
assert [one["Name"] for one in sets] == ["boto.example.", "boto.example.", "\\052.boto.example.", "w.boto.example."], sets
assert sets[2]["ResourceRecords"] == [{"Value": '"a <b> & ü"'}] and sets[3]["Weight"] == 0, sets

private = route53.create_hosted_zone(Name="corp.boto", CallerReference="b-2", VPC=vpcs[0])["HostedZone"]["Id"]
route53.create_vpc_association_authorization(HostedZoneId=private, VPC=vpcs[1])
listed = route53.list_vpc_association_authorizations(HostedZoneId=private)
assert listed["VPCs"] == [vpcs[1]], listed
route53.associate_vpc_with_hosted_zone(HostedZoneId=private, VPC=vpcs[1], Comment="x")
route53.delete_vpc_association_authorization(HostedZoneId=private, VPC=vpcs[1])
assert route53.get_hosted_zone(Id=private)["VPCs"] == vpcs
summaries = route53.list_hosted_zones_by_vpc(**vpcs[1])["HostedZoneSummaries"]
assert [one["Name"] for one in summaries] == ["corp.boto."] and len(summaries[0]["Owner"]["OwningAccount"]) == 12, summaries
route53.disassociate_vpc_from_hosted_zone(HostedZoneId=private, VPC=vpcs[1])
refused("LastVPCAssociation", lambda: route53.disassociate_vpc_from_hosted_zone(HostedZoneId=private, VPC=vpcs[0]))

ids = [zone[len("/hostedzone/"):], private[len("/hostedzone/"):]]
tags = [{"Key": "a <b>", "Value": "ü"}]
refused("InvalidInput", lambda: route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=ids[0], AddTags=tags))
tags = [{"Key": "team", "Value": "ü"}]
route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=ids[0], AddTags=tags)
assert route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=ids[0])["ResourceTagSet"]["Tags"] == tags
found = route53.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=ids)["ResourceTagSets"]
assert [one["Tags"] for one in found] == [tags, []], found

count = route53.get_hosted_zone_count()["HostedZoneCount"]
zones = [one["Id"] for page in route53.get_paginator("list_hosted_zones").paginate(PaginationConfig={"PageSize": 1}) for one in page["HostedZones"]]
assert len(zones) == count == 2 and set(zones) == {zone, private}, zones
by_name = route53.list_hosted_zones_by_name(DNSName="boto.example", MaxItems="1")
assert [one["Id"] for one in by_name["HostedZones"]] == [zone], by_name
commented = route53.update_hosted_zone_comment(Id=zone, Comment="")["HostedZone"]
assert commented["Config"].get("Comment", "") == "", commented
assert route53.get_dnssec(HostedZoneId=zone)["Status"]["ServeSignature"] == "NOT_SIGNING"
assert route53.list_query_logging_configs()["QueryLoggingConfigs"] == []
assert route53.list_reusable_delegation_sets()["DelegationSets"] == []
refused("NoSuchDelegationSet", lambda: route53.get_reusable_delegation_set(Id="N1"))
refused("HostedZoneNotEmpty", lambda: route53.delete_hosted_zone(Id=zone))
change(zone, "DELETE", "w.boto.example", "A", "192.0.2.1", SetIdentifier="one", Weight=0)
change(zone, "DELETE", "*.boto.example", "TXT", '"a <b> & ü"')
last = [route53.delete_hosted_zone(Id=one)["ChangeInfo"] for one in (zone, private)][-1]
assert route53.get_change(Id=last["Id"])["ChangeInfo"]["Status"] in ("PENDING", "INSYNC")
refused("NoSuchHostedZone", lambda: route53.get_hosted_zone(Id=zone), 404)

print(json.dumps(sorted(called)))
